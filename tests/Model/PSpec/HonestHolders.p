// A holder that keeps to the protocol is never told that its lease is lost while, on its own clock, the lease lasts.
spec HonestHolders observes eLeaseLost {
  start state Watching {
    on eLeaseLost do (g: (slot: int, held: int, lasts: bool)) {
      assert g.held == 0 || !g.lasts, format ("gateway {0} lost {1} permits before its lease was over", g.slot, g.held);
    }
  }
}
