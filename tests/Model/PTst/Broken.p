// The protocol with one rule left out, each in the scenario that needs it most: the checker has to find what goes wrong.

fun Broken(c: tConfig, variant: tVariant): tConfig {
  c.variant = variant;
  return c;
}

machine RunNoMargin { start state Run { entry { new Cluster(Broken(GatewayFaults(), NO_MARGIN)); } } }
machine RunHalfMargin { start state Run { entry { new Cluster(Broken(GatewayFaults(), HALF_MARGIN)); } } }
machine RunReplyBeforeWrite { start state Run { entry { new Cluster(Broken(TwoActivations(), REPLY_BEFORE_WRITE)); } } }
machine RunForgetful { start state Run { entry { new Cluster(Broken(TwoActivations(), FORGETFUL)); } } }
machine RunRelearnTooShort { start state Run { entry { new Cluster(Broken(LostTable(), RELEARN_TOO_SHORT)); } } }
machine RunUnfencedRenewals { start state Run { entry { new Cluster(Broken(StoreOutage(), UNFENCED_RENEWALS)); } } }
machine RunUncutRenewals { start state Run { entry { new Cluster(Broken(OldActivation(), UNCUT_RENEWALS)); } } }
machine RunNoNumbers { start state Run { entry { new Cluster(Broken(Network(), NO_NUMBERS)); } } }
machine RunNumbersNotStored { start state Run { entry { new Cluster(Broken(TwoActivations(), NUMBERS_NOT_STORED)); } } }
machine RunWriterByEpoch { start state Run { entry { new Cluster(Broken(LostTable(), WRITER_BY_EPOCH)); } } }
machine RunLentWhenUnknown { start state Run { entry { new Cluster(Broken(StoreOutage(), LENT_WHEN_UNKNOWN)); } } }
machine RunAnsweredAfterEnd { start state Run { entry { new Cluster(Broken(LateBelief(), ANSWERED_AFTER_END)); } } }
machine RunNoClosing { start state Run { entry { new Cluster(Broken(Network(), NO_CLOSING)); } } }
machine RunNeverBack { start state Run { entry { new Cluster(Broken(GatewayFaults(), NEVER_BACK)); } } }

test BrokenNoMargin [main=RunNoMargin]: assert NeverOverLimit in { RunNoMargin, Cluster };
test BrokenHalfMargin [main=RunHalfMargin]: assert NeverOverLimit in { RunHalfMargin, Cluster };
test BrokenReplyBeforeWrite [main=RunReplyBeforeWrite]: assert NeverOverLimit in { RunReplyBeforeWrite, Cluster };
test BrokenForgetful [main=RunForgetful]: assert NeverOverLimit in { RunForgetful, Cluster };
test BrokenRelearnTooShort [main=RunRelearnTooShort]: assert NeverOverLimit in { RunRelearnTooShort, Cluster };
test BrokenUnfencedRenewals [main=RunUnfencedRenewals]: assert NeverOverLimit in { RunUnfencedRenewals, Cluster };
test BrokenUncutRenewals [main=RunUncutRenewals]: assert NeverOverLimit in { RunUncutRenewals, Cluster };
test BrokenNoNumbers [main=RunNoNumbers]: assert NeverOverLimit in { RunNoNumbers, Cluster };
test BrokenNumbersNotStored [main=RunNumbersNotStored]: assert NeverOverLimit in { RunNumbersNotStored, Cluster };
test BrokenWriterByEpoch [main=RunWriterByEpoch]: assert NeverOverLimit in { RunWriterByEpoch, Cluster };
test BrokenLentWhenUnknown [main=RunLentWhenUnknown]: assert NeverOverLimit in { RunLentWhenUnknown, Cluster };
test BrokenAnsweredAfterEnd [main=RunAnsweredAfterEnd]: assert NeverOverLimit in { RunAnsweredAfterEnd, Cluster };
test BrokenNoClosing [main=RunNoClosing]: assert NeverOverLimit in { RunNoClosing, Cluster };
test BrokenToldTooEarly [main=RunNoMargin]: assert HonestHolders in { RunNoMargin, Cluster };
test BrokenNeverBack [main=RunNeverBack]: assert Progress in { RunNeverBack, Cluster };
