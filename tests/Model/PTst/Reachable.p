// What the scenarios must come to, or a green run would mean little: the checker "fails" by getting there.

fun Until(c: tConfig, goal: tGoal): tConfig {
  c.goal = goal;
  return c;
}

machine RunUntilLent { start state Run { entry { new Cluster(Until(Network(), LENT)); } } }
machine RunUntilEndedInUse { start state Run { entry { new Cluster(Until(Network(), ENDED_IN_USE)); } } }
machine RunUntilReclaimed { start state Run { entry { new Cluster(Until(GatewayFaults(), RECLAIMED)); } } }
machine RunUntilOverlapped { start state Run { entry { new Cluster(Until(TwoActivations(), OVERLAPPED)); } } }
machine RunUntilSuperseded { start state Run { entry { new Cluster(Until(TwoActivations(), SUPERSEDED)); } } }
machine RunUntilBelieved { start state Run { entry { new Cluster(Until(LostTable(), BELIEVED)); } } }
machine RunUntilRelearned { start state Run { entry { new Cluster(Until(LostTable(), RELEARNED)); } } }
machine RunUntilRenewedWithoutWrite { start state Run { entry { new Cluster(Until(StoreOutage(), RENEWED_WITHOUT_WRITE)); } } }
machine RunUntilDoneThoughUnknown { start state Run { entry { new Cluster(Until(StoreOutage(), DONE_THOUGH_UNKNOWN)); } } }
machine RunUntilStaleRequest { start state Run { entry { new Cluster(Until(Network(), STALE_REQUEST)); } } }
machine RunUntilLateReply { start state Run { entry { new Cluster(Until(Network(), LATE_REPLY)); } } }
machine RunUntilLimitBelowLent { start state Run { entry { new Cluster(Until(LimitChanges(), LIMIT_BELOW_LENT)); } } }
machine RunUntilGivenBack { start state Run { entry { new Cluster(Until(Network(), GIVEN_BACK)); } } }
machine RunUntilDistrusted { start state Run { entry { new Cluster(Until(LostTable(), DISTRUSTED)); } } }

test ReachLent [main=RunUntilLent]: assert Reached in { RunUntilLent, Cluster };
test ReachEndedInUse [main=RunUntilEndedInUse]: assert Reached in { RunUntilEndedInUse, Cluster };
test ReachReclaimed [main=RunUntilReclaimed]: assert Reached in { RunUntilReclaimed, Cluster };
test ReachOverlapped [main=RunUntilOverlapped]: assert Reached in { RunUntilOverlapped, Cluster };
test ReachSuperseded [main=RunUntilSuperseded]: assert Reached in { RunUntilSuperseded, Cluster };
test ReachBelieved [main=RunUntilBelieved]: assert Reached in { RunUntilBelieved, Cluster };
test ReachRelearned [main=RunUntilRelearned]: assert Reached in { RunUntilRelearned, Cluster };
test ReachRenewedWithoutWrite [main=RunUntilRenewedWithoutWrite]: assert Reached in { RunUntilRenewedWithoutWrite, Cluster };
test ReachDoneThoughUnknown [main=RunUntilDoneThoughUnknown]: assert Reached in { RunUntilDoneThoughUnknown, Cluster };
test ReachStaleRequest [main=RunUntilStaleRequest]: assert Reached in { RunUntilStaleRequest, Cluster };
test ReachLateReply [main=RunUntilLateReply]: assert Reached in { RunUntilLateReply, Cluster };
test ReachLimitBelowLent [main=RunUntilLimitBelowLent]: assert Reached in { RunUntilLimitBelowLent, Cluster };
test ReachGivenBack [main=RunUntilGivenBack]: assert Reached in { RunUntilGivenBack, Cluster };
test ReachDistrusted [main=RunUntilDistrusted]: assert Reached in { RunUntilDistrusted, Cluster };
