// Every scenario is a list of what can happen, and short: some twenty ticks, which is five leases.

fun Scenario(menu: seq[tAction], overlap: bool): tConfig {
  return (gateways = 2, limit = 2, steps = 60, menu = menu, disturbed = 3, overlap = overlap, variant = AS_DESIGNED,
    goal = NOTHING);
}

// What a cluster does all day.
fun Daily(): seq[tAction] {
  var menu: seq[tAction];
  menu = Also(menu, TICK, 6);
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
  c.disturbed = 8;
  return c;
}

fun GatewayFaults(): tConfig { return Scenario(Also(Also(Daily(), CRASH, 1), FREEZE, 2), false); }

fun TwoActivations(): tConfig { return Scenario(Also(Also(Daily(), SUCCEED, 1), GIVE_UP, 1), true); }

fun StoreOutage(): tConfig { return Scenario(Also(Also(Also(Daily(), OUTAGE, 1), GIVE_UP, 3), SUCCEED, 1), true); }

fun LostTable(): tConfig { return Scenario(Also(Also(Also(Daily(), EMPTY, 1), SUCCEED, 1), GIVE_UP, 1), true); }

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
  c.gateways = 3; c.limit = 3; c.steps = 80; c.disturbed = 4;
  return c;
}

machine RunNetwork { start state Run { entry { new Cluster(Network()); } } }
machine RunGatewayFaults { start state Run { entry { new Cluster(GatewayFaults()); } } }
machine RunTwoActivations { start state Run { entry { new Cluster(TwoActivations()); } } }
machine RunStoreOutage { start state Run { entry { new Cluster(StoreOutage()); } } }
machine RunLostTable { start state Run { entry { new Cluster(LostTable()); } } }
machine RunLimitChanges { start state Run { entry { new Cluster(LimitChanges()); } } }
machine RunEverything { start state Run { entry { new Cluster(Everything()); } } }

test Network [main=RunNetwork]: assert NeverOverLimit, HonestHolders, Progress in { RunNetwork, Cluster };
test GatewayFaults [main=RunGatewayFaults]: assert NeverOverLimit, HonestHolders, Progress in { RunGatewayFaults, Cluster };
test TwoActivations [main=RunTwoActivations]: assert NeverOverLimit, HonestHolders, Progress in { RunTwoActivations, Cluster };
test StoreOutage [main=RunStoreOutage]: assert NeverOverLimit, HonestHolders, Progress in { RunStoreOutage, Cluster };
test LostTable [main=RunLostTable]: assert NeverOverLimit, HonestHolders, Progress in { RunLostTable, Cluster };
test LimitChanges [main=RunLimitChanges]: assert NeverOverLimit, HonestHolders, Progress in { RunLimitChanges, Cluster };
test Everything [main=RunEverything]: assert NeverOverLimit, HonestHolders, Progress in { RunEverything, Cluster };
