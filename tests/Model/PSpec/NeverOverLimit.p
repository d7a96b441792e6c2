// The quota's promise. A frozen process cannot close anything: what it has open when its lease has ended is not counted, since nobody but the
// kernel holds it. When it goes on it closes before anything else, so it is counted again at once if it does not.
spec NeverOverLimit observes eGateway, eLimit {
  var open: map[int, int];
  var held: map[int, int];
  var ceiling: int;   // the limit, or what was lent when it was lowered: that may fall to the limit in steps, never rise

  start state Watching {
    on eLimit do (now: (limit: int, lent: int)) {
      if (now.limit >= ceiling) { ceiling = now.limit; }
      assert now.lent <= ceiling, format ("{0} permits are lent, at most {1} may be", now.lent, ceiling);
      ceiling = Most(now.limit, now.lent);
    }
    on eGateway do (g: (slot: int, open: int, held: int, lasts: bool, frozen: bool)) {
      assert g.open <= g.held, format ("gateway {0} has {1} connections and {2} permits", g.slot, g.open, g.held);
      assert g.held == 0 || g.lasts || g.frozen, format ("gateway {0} holds permits although its lease is over", g.slot);
      open[g.slot] = 0; held[g.slot] = 0;
      if (g.lasts || !g.frozen) { open[g.slot] = g.open; held[g.slot] = g.held; }
      assert Sum(open) <= ceiling, format ("{0} connections are open, at most {1} may be", Sum(open), ceiling);
      assert Sum(held) <= ceiling, format ("gateways hold {0} permits, at most {1} may be", Sum(held), ceiling);
    }
  }

  fun Sum(of: map[int, int]): int {
    var n: int;
    var sum: int;
    foreach (n in values(of)) { sum = sum + n; }
    return sum;
  }
}
