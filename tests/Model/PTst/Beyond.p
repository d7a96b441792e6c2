// What the protocol notices only when it may be too late. Expected to fail: if it stops failing, docs/quota.md may promise more.

// A record that goes back in time looks like any other. What was lent after it was written is lent again, until a request tells.
fun RolledBack(): tConfig { return Scenario(Also(Also(Also(Daily(), ROLL_BACK, 1), SUCCEED, 1), GIVE_UP, 1), true); }

machine RunRolledBack { start state Run { entry { new Cluster(RolledBack()); } } }

test BeyondRolledBack [main=RunRolledBack]: assert NeverOverLimit in { RunRolledBack, Cluster };
