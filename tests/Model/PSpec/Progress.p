// Once the faults have ended, somebody who asks gets a permit that is free. The world gives up after a bounded time; a schedule that ends
// while this waits is a fault.
spec Progress observes eWaits, eServed {
  start state Faulty {
    on eWaits goto Waiting;
    ignore eServed;
  }
  hot state Waiting {
    on eServed goto Served;
  }
  cold state Served {
    ignore eServed, eWaits;
  }
}
