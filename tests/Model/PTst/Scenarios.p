// Every scenario is a list of what can happen, and short: some twenty ticks, which is five leases.

fun Scenario(menu: seq[tAction], overlap: bool): tConfig {
  return (gateways = 2, limit = 2, plot = default(seq[(tAction, int)]), steps = 60, menu = menu, disturbedRequests = 3, disturbed = 3, overlap = overlap, variant = AS_DESIGNED,
    goal = NOTHING);
}

// What a cluster does all day.
fun Daily(): seq[tAction] {
  var menu: seq[tAction];
  menu = Also(menu, TICK, 9);
  menu = Also(menu, DEMAND, 6);
  menu = Also(menu, ASK, 4);
  menu = Also(menu, CLOSE, 2);
  return Also(menu, DELIVER, 3);
}

fun Also(menu: seq[tAction], action: tAction, times: int): seq[tAction] {
  while (times > 0) {
    menu += (sizeof(menu), action);
    times = times - 1;
  }
  return menu;
}

// Late, lost and repeated messages, and clocks that differ; nothing else.
fun Network(): tConfig {
  var c: tConfig;
  c = Scenario(Daily(), false);
  c.disturbed = 8; c.disturbedRequests = 8;
  return c;
}

fun GatewayFaults(): tConfig { return Scenario(Also(Also(Daily(), CRASH, 1), FREEZE, 2), false); }

fun TwoActivations(): tConfig { return Scenario(Also(Also(Daily(), SUCCEED, 1), GIVE_UP, 1), true); }

fun StoreOutage(): tConfig {
  var c: tConfig;
  c = Scenario(Also(Also(Also(Daily(), OUTAGE, 1), GIVE_UP, 3), SUCCEED, 1), true);
  c.limit = 1;
  return c;
}

// One permit: whatever goes wrong with it, two hold it. Gateways ask seldom and requests are often late, so that what is believed is old.
fun LostTable(): tConfig {
  var menu: seq[tAction];
  var c: tConfig;
  menu = Also(menu, TICK, 5);
  menu = Also(menu, DEMAND, 4);
  menu = Also(menu, ASK, 1);
  menu = Also(menu, DELIVER, 3);
  menu = Also(menu, EMPTY, 1);
  menu = Also(menu, SUCCEED, 1);
  c = Scenario(menu, true);
  c.limit = 1; c.disturbed = 1; c.disturbedRequests = 6;
  return c;
}

// A request is out while its sender's lease ends and the permit goes to another; then the table is lost, and it arrives at a ledger that
// relearns. Chance alone needs many schedules for this.
fun LateBelief(): tConfig {
  var c: tConfig;
  c = LostTable();
  c.plot += (0, (DEMAND, 0));
  c.plot += (1, (TICK, 0));
  c.plot += (2, (TICK, 0));
  c.plot += (3, (ASK, 0));
  c.plot += (4, (TICK, 0));
  c.plot += (5, (TICK, 0));
  c.plot += (6, (DEMAND, 1));
  c.plot += (7, (EMPTY, 0));
  c.plot += (8, (DELIVER, 0));
  c.steps = 20;
  return c;
}

// A gateway renews with an activation that another has superseded, and that one takes back what its record said.
fun OldActivation(): tConfig {
  var c: tConfig;
  c = TwoActivations();
  c.limit = 1;
  c.plot += (0, (DEMAND, 0));
  c.plot += (1, (SUCCEED, 0));
  c.plot += (2, (TICK, 0));
  c.plot += (3, (TICK, 0));
  c.plot += (4, (ASK, 0));
  c.plot += (5, (TICK, 0));
  c.plot += (6, (TICK, 0));
  c.plot += (7, (DEMAND, 1));
  c.steps = 20;
  return c;
}

fun LimitChanges(): tConfig {
  var c: tConfig;
  c = Scenario(Also(Also(Daily(), LIMIT, 2), SUCCEED, 1), true);
  c.limit = 3;
  return c;
}

fun Everything(): tConfig {
  var c: tConfig;
  var menu: seq[tAction];
  menu = Also(Daily(), CRASH, 1);
  menu = Also(menu, FREEZE, 1);
  menu = Also(menu, SUCCEED, 1);
  menu = Also(menu, OUTAGE, 1);
  menu = Also(menu, GIVE_UP, 2);
  menu = Also(menu, EMPTY, 1);
  c = Scenario(menu, true);
  c.gateways = 3; c.limit = 3; c.steps = 80; c.disturbed = 4; c.disturbedRequests = 4;
  return c;
}

machine RunNetwork { start state Run { entry { new Cluster(Network()); } } }
machine RunGatewayFaults { start state Run { entry { new Cluster(GatewayFaults()); } } }
machine RunTwoActivations { start state Run { entry { new Cluster(TwoActivations()); } } }
machine RunStoreOutage { start state Run { entry { new Cluster(StoreOutage()); } } }
machine RunLostTable { start state Run { entry { new Cluster(LostTable()); } } }
machine RunLateBelief { start state Run { entry { new Cluster(LateBelief()); } } }
machine RunOldActivation { start state Run { entry { new Cluster(OldActivation()); } } }
machine RunLimitChanges { start state Run { entry { new Cluster(LimitChanges()); } } }
machine RunEverything { start state Run { entry { new Cluster(Everything()); } } }

test HoldsNetwork [main=RunNetwork]: assert NeverOverLimit, HonestHolders, Progress in { RunNetwork, Cluster };
test HoldsGatewayFaults [main=RunGatewayFaults]: assert NeverOverLimit, HonestHolders, Progress in { RunGatewayFaults, Cluster };
test HoldsTwoActivations [main=RunTwoActivations]: assert NeverOverLimit, HonestHolders, Progress in { RunTwoActivations, Cluster };
test HoldsStoreOutage [main=RunStoreOutage]: assert NeverOverLimit, HonestHolders, Progress in { RunStoreOutage, Cluster };
test HoldsLostTable [main=RunLostTable]: assert NeverOverLimit, HonestHolders, Progress in { RunLostTable, Cluster };
test HoldsLateBelief [main=RunLateBelief]: assert NeverOverLimit, HonestHolders, Progress in { RunLateBelief, Cluster };
test HoldsOldActivation [main=RunOldActivation]: assert NeverOverLimit, HonestHolders, Progress in { RunOldActivation, Cluster };
test HoldsLimitChanges [main=RunLimitChanges]: assert NeverOverLimit, HonestHolders, Progress in { RunLimitChanges, Cluster };
test HoldsEverything [main=RunEverything]: assert NeverOverLimit, HonestHolders, Progress in { RunEverything, Cluster };
