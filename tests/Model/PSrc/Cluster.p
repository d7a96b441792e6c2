// The whole cluster in one machine: gateways, activations of the quota, the store, the network between them, their clocks, and what goes
// wrong. Machines of their own would read better, but a step of the checker's scheduler costs as much as a hundred lines here, and records
// cost as much again: so state is kept in plain maps, and the order of everything is chosen by Act.

// What can happen next. A scenario is a list of these: what is in it twice happens twice as often.
enum tAction {
  TICK,           // time passes, at another rate on each machine
  DEMAND,         // somebody connects
  CLOSE,          // a connection ends
  ASK,            // a gateway renews
  DELIVER,        // something late arrives
  GIVE_UP,        // an activation stops waiting for the store
  CRASH,          // a gateway dies, and another run of it starts
  FREEZE,         // a gateway stands still, or goes on
  SUCCEED,        // another activation starts; whether the one before is gone is another matter
  OUTAGE,         // the store goes away, or comes back
  EMPTY,          // the store forgets everything
  ROLL_BACK,      // the store goes back to an earlier record
  LIMIT           // an operator sets another limit
}

type tConfig = (
  gateways: int, limit: int,
  plot: seq[(tAction, int)],                // what happens first, and at which gateway
  steps: int, menu: seq[tAction],           // how much happens then, and out of what
  disturbedRequests: int, disturbed: int,   // of 16 requests, and of 16 other messages, how many are late, lost or repeated
  overlap: bool,      // an activation may live on when another starts
  variant: tVariant, goal: tGoal);

// What the specifications see.
event eGateway: (slot: int, open: int, held: int, lasts: bool, frozen: bool);
event eLimit: (limit: int, lent: int);
event eLeaseLost: (slot: int, held: int, lasts: bool);
event eReached: tGoal;
event eWaits;
event eServed;

machine Cluster {
  var gateways: int;
  var disturbedRequests: int;
  var disturbed: int;
  var overlap: bool;
  var variant: tVariant;
  var goal: tGoal;
  var calm: bool;                     // nothing goes wrong any more

  // Gateways, by slot.
  var runs: int;
  var holder: map[int, int];          // the run of the process
  var clock: map[int, int];
  var rate: map[int, int];
  var frozen: map[int, bool];
  var held: map[int, int];
  var open: map[int, int];
  var end: map[int, int];             // of the lease
  var number: map[int, int];          // of the latest request
  var waits: map[int, bool];          // for its reply
  var sentAt: map[int, int];
  var seen: map[int, int];            // the highest epoch
  var target: map[int, int];

  var route: map[int, int];           // the activation that its requests go to, mostly

  // Activations of the quota, by number. One that is gone is in none of these.
  var newest: int;
  var phase: map[int, tPhase];
  var time: map[int, int];
  var pace: map[int, int];
  var epoch: map[int, int];
  var etag: map[int, int];
  var limit: map[int, int];
  var nextLimit: map[int, int];       // 0: no change
  var relearning: map[int, bool];
  var relearnUntil: map[int, int];
  var ending: map[int, bool];         // the write that is out ends the relearning
  var distrust: map[int, bool];       // the record is not to be trusted, and no write has said so yet
  var began: map[int, int];           // when the write that is out began,
  var covered: map[int, int];         // and the last good one
  var op: map[int, int];
  var asking: map[int, bool];
  var short: map[int, int];           // a holder that needs more than there is; 0 for none
  var queue: map[int, seq[tRequest]];
  var queuedAt: map[int, seq[int]];
  // Its table, by holder.
  var leased: map[int, map[int, int]];
  var last: map[int, map[int, int]];            // number
  var until: map[int, map[int, int]];
  var answers: map[int, map[int, tReply]];      // to the last number; none when it is from the record or still being written
  // The batch that is decided or being written.
  var batch: map[int, seq[tRequest]];
  var batchAt: map[int, seq[int]];
  var raises: map[int, map[int, int]];
  var lost: map[int, set[int]];

  // The store.
  var record: tRecord;
  var earlier: tRecord;
  var writes: int;
  var up: bool;
  var losses: int;                    // how often it was emptied or went back
  var above: bool;                    // more is lent than the limit allows, since it was lowered

  // What is on its way and late. What is not late is never here.
  var lateRequests: seq[tRequest];
  var lateReplies: seq[tReply];
  var lateAsks: seq[tAsk];
  var lateAnswers: seq[tAnswer];

  start state Running {
    entry (c: tConfig) {
      var i: int;
      var turn: (tAction, int);
      gateways = c.gateways; disturbedRequests = c.disturbedRequests; disturbed = c.disturbed; overlap = c.overlap; variant = c.variant; goal = c.goal;
      up = true;
      // Nothing was ever lent, and the record says so: without one, a schedule would begin with relearning.
      writes = 1; record.etag = 1; record.complete = true; record.limit = c.limit;
      announce eLimit, (limit = c.limit, lent = 0);
      while (i < gateways) {
        StartGateway(i);
        i = i + 1;
      }
      Succeed();
      foreach (turn in c.plot) { Act(turn.0, turn.1); }
      i = 0;
      while (i < c.steps) {
        Act(choose(c.menu), choose(gateways));
        i = i + 1;
      }
      if (goal == NOTHING) { Recover(); }
    }
  }

  fun Act(action: tAction, g: int) {
    if (action == TICK) { Tick(); }
    else if (action == DEMAND) { Demand(g); }
    else if (action == ASK) { Ask(g, 0); }
    else if (action == CLOSE) { Close(g); }
    else if (action == DELIVER) { Deliver(); }
    else if (action == GIVE_UP) { if (sizeof(phase) > 0) { GiveUp(choose(keys(phase))); } }
    else if (action == CRASH) { StartGateway(g); }
    else if (action == FREEZE) { Freeze(g); }
    else if (action == SUCCEED) { if (newest < 4) { Succeed(); } }
    else if (action == OUTAGE) { up = !up; }
    else if (action == EMPTY) { if (losses < 3) { losses = losses + 1; Empty(); } }
    else if (action == ROLL_BACK) { if (losses < 3) { losses = losses + 1; RollBack(); } }
    else if (action == LIMIT) { if (newest in phase) { SetLimit(newest, 1 + choose(3)); } }
  }

  fun Reach(what: tGoal) {
    if (what == goal) { announce eReached, goal; }
  }

  // ---------- time

  fun AnyRate(): int { return SlowRate() + choose(FastRate() - SlowRate() + 1); }

  // Clocks move first, then every gateway that is not frozen looks at its own, then others may act: closing takes no time here.
  fun Tick() {
    var i: int;
    foreach (i in keys(phase)) { time[i] = time[i] + pace[i]; }
    i = 0;
    while (i < gateways) {
      clock[i] = clock[i] + rate[i];
      if (!frozen[i]) { Wake(i); }
      else if (held[i] > 0) { Show(i); }
      i = i + 1;
    }
    // A machine's rate changes, but seldom: what runs slow for long drifts furthest.
    if (choose(8) == 0) { rate[choose(gateways)] = AnyRate(); }
  }

  // ---------- gateways

  // A run of a gateway process. A new one has a new holder id, so nothing of the run before can be mistaken for its own.
  fun StartGateway(g: int) {
    runs = runs + 1;
    if (!(g in clock)) { clock[g] = 0; route[g] = 1; }
    holder[g] = runs; rate[g] = AnyRate(); frozen[g] = false; held[g] = 0; open[g] = 0; end[g] = 0; number[g] = 0; waits[g] = false;
    sentAt[g] = 0; seen[g] = 0; target[g] = 0;
    Show(g);
  }

  fun Show(g: int) {
    announce eGateway, (slot = g, open = open[g], held = held[g], lasts = clock[g] < end[g], frozen = frozen[g]);
  }

  // Every input goes through this first: a process that stood still must not act on a lease that ended meanwhile.
  fun Wake(g: int) {
    if (held[g] == 0 || clock[g] < end[g]) { return; }
    if (open[g] > 0) { Reach(ENDED_IN_USE); }
    held[g] = 0;
    if (variant != NO_CLOSING) { open[g] = 0; }
    // The request that is out promised permits that are gone: a ledger that relearns may believe it when others have them already.
    if (variant != ANSWERED_AFTER_END) { waits[g] = false; }
    Show(g);
  }

  fun Demand(g: int) {
    if (frozen[g]) { return; }
    Wake(g);
    if (open[g] >= held[g]) { Ask(g, 1); return; }
    open[g] = open[g] + 1;
    Show(g);
  }

  fun Close(g: int) {
    if (frozen[g]) { return; }
    Wake(g);
    if (open[g] == 0) { return; }
    open[g] = open[g] - 1;
    Show(g);
  }

  // Gives up the request that is out. `Held` is a promise from now on, so it is lowered here and not when the reply comes.
  fun Ask(g: int, more: int) {
    var keep: int;
    if (frozen[g]) { return; }
    Wake(g);
    keep = Most(open[g], Least(held[g], target[g]));
    if (!calm && choose(4) == 0) { keep = open[g]; }
    if (keep < held[g]) {
      held[g] = keep;
      Reach(GIVEN_BACK);
      Show(g);
    }
    number[g] = number[g] + 1; waits[g] = true; sentAt[g] = clock[g];
    SendRequest((slot = g, holder = holder[g], number = number[g], epoch = seen[g], held = held[g], needed = open[g] + more));
  }

  fun Freeze(g: int) {
    frozen[g] = !frozen[g];
    if (!frozen[g]) { Wake(g); }
    Show(g);
  }

  fun TakeReply(r: tReply) {
    var g: int;
    var newEnd: int;
    g = r.slot;
    if (frozen[g]) { lateReplies += (sizeof(lateReplies), r); return; }
    Wake(g);
    print format ("gateway {0} at {1} receives {2}", g, clock[g], r);
    if (!waits[g] || r.holder != holder[g] || r.number != number[g]) { Reach(LATE_REPLY); return; }
    waits[g] = false;
    seen[g] = Most(seen[g], r.epoch);
    if (r.outcome == LEASE_LOST) {
      announce eLeaseLost, (slot = g, held = held[g], lasts = clock[g] < end[g]);
      held[g] = 0; open[g] = 0;
      Show(g);
    } else if (r.outcome == GRANTED) {
      newEnd = sentAt[g] + r.lease;
      // A renewal without a write may end before the lease that it renews: the longer one holds.
      if (held[g] == 0 || newEnd > end[g]) { end[g] = newEnd; }
      if (end[g] <= clock[g]) { return; }
      held[g] = r.granted; target[g] = r.target;
      Show(g);
    }
  }

  // ---------- activations

  fun Succeed() {
    var a: int;
    if (!overlap || $) {
      foreach (a in keys(phase)) { Stop(a); }
    }
    newest = newest + 1;
    a = newest;
    // Activations cannot read each other's clocks: a new one starts anywhere.
    time[a] = choose(3) * 100; pace[a] = AnyRate();
    epoch[a] = 0; etag[a] = 0; limit[a] = record.limit; nextLimit[a] = 0; relearning[a] = false; relearnUntil[a] = 0; ending[a] = false;
    distrust[a] = false; began[a] = 0; covered[a] = 0; op[a] = 0; asking[a] = false; short[a] = 0;
    queue[a] = default(seq[tRequest]); queuedAt[a] = default(seq[int]);
    leased[a] = default(map[int, int]); last[a] = default(map[int, int]); until[a] = default(map[int, int]);
    answers[a] = default(map[int, tReply]);
    Settle(a);
    phase[a] = LOADING;
    Read(a);
  }

  fun Stop(a: int) { phase -= (a); }

  // The batch is done with.
  fun Settle(a: int) {
    batch[a] = default(seq[tRequest]); batchAt[a] = default(seq[int]); raises[a] = default(map[int, int]); lost[a] = default(set[int]);
  }

  fun Read(a: int) {
    op[a] = op[a] + 1; asking[a] = true;
    SendAsk((ledger = a, op = op[a], write = false, record = default(tRecord)));
  }

  fun Write(a: int) {
    var rows: map[int, int];
    var h: int;
    var to_: int;
    rows = leased[a];
    foreach (h in keys(raises[a])) { rows[h] = rows[h] + raises[a][h]; }
    to_ = limit[a];
    if (nextLimit[a] > 0) { to_ = nextLimit[a]; }
    op[a] = op[a] + 1; asking[a] = true; began[a] = time[a];
    SendAsk((ledger = a, op = op[a], write = true, record = (etag = etag[a], writer = a, epoch = epoch[a],
      complete = !relearning[a] || ending[a], limit = to_, leased = rows, numbers = last[a])));
  }

  fun Lent(rows: map[int, int]): int {
    var n: int;
    var sum: int;
    foreach (n in values(rows)) { sum = sum + n; }
    return sum;
  }

  fun Receive(a: int, r: tRequest) {
    print format ("activation {0} at {1} receives {2}", a, time[a], r);
    if (a < newest && phase[a] != UNSURE && newest in phase && phase[newest] == IDLE) { Reach(OVERLAPPED); }
    queue[a] += (sizeof(queue[a]), r); queuedAt[a] += (sizeof(queuedAt[a]), time[a]);
    if (phase[a] == IDLE) { Round(a); }
  }

  fun SetLimit(a: int, n: int) {
    nextLimit[a] = n;
    if (phase[a] == IDLE) { Round(a); }
  }

  // One batch: what is over is free, what was given back is free, then who needs more gets it, then one write, then the replies.
  fun Round(a: int) {
    if (sizeof(queue[a]) == 0 && nextLimit[a] == 0) { return; }
    Reclaim(a);
    ending[a] = relearning[a] && time[a] >= relearnUntil[a];
    Sort(a);
    if (sizeof(batch[a]) == 0 && nextLimit[a] == 0 && !distrust[a]) { ending[a] = false; return; }
    Raise(a);
    // Whether renewals wait for a write is the ledger's choice: both have to be safe.
    if (IsCovered(a) && (variant == UNFENCED_RENEWALS || $)) { Renew(a); return; }
    phase[a] = WRITING;
    if (variant == REPLY_BEFORE_WRITE) {
      Lend(a);
    }
    Write(a);
  }

  fun Reclaim(a: int) {
    var h: int;
    foreach (h in keys(leased[a])) {
      if (time[a] >= until[a][h]) {
        if (leased[a][h] > 0) { Reach(RECLAIMED); }
        leased[a] -= (h); last[a] -= (h); until[a] -= (h); answers[a] -= (h);
      }
    }
  }

  // Late and repeated requests are answered at once; what is left is the batch.
  fun Sort(a: int) {
    var r: tRequest;
    var i: int;
    var h: int;
    var fresh: bool;
    foreach (r in queue[a]) {
      if (r.epoch > epoch[a]) {
        // Either somebody took over, and the next write fails; or the record was lost, or is older than what was lent under it.
        epoch[a] = r.epoch + 1; relearning[a] = true; ending[a] = false; distrust[a] = true;
        relearnUntil[a] = time[a] + RelearnTime();
        Reach(DISTRUSTED);
      }
    }
    while (i < sizeof(queue[a])) {
      r = queue[a][i];
      h = r.holder;
      if (!(h in leased[a])) { leased[a][h] = 0; last[a][h] = 0; until[a][h] = time[a] + Margin(LeaseTime(), variant); }
      fresh = r.number > last[a][h] || (variant == NO_NUMBERS && r.number < last[a][h]);
      if (r.number < last[a][h] && !fresh) {
        Reach(STALE_REQUEST);
        SendReply((slot = r.slot, holder = h, number = r.number, epoch = epoch[a], outcome = STALE, granted = 0, lease = 0, target = 0));
      } else if (!fresh && h in answers[a]) {
        SendReply(answers[a][h]);
      } else if (!InBatch(a, r)) {
        // A number that the record knows, and not its answer: that was what is leased, whatever the request promised.
        if (fresh) {
          if (r.held > leased[a][h] && (!relearning[a] || ending[a])) { lost[a] += (h); }
          else {
            if (r.held > leased[a][h]) { Reach(BELIEVED); }
            leased[a][h] = r.held;
          }
        }
        last[a][h] = r.number;
        answers[a] -= (h);
        batch[a] += (sizeof(batch[a]), r); batchAt[a] += (sizeof(batchAt[a]), queuedAt[a][i]);
      }
      i = i + 1;
    }
    queue[a] = default(seq[tRequest]); queuedAt[a] = default(seq[int]);
  }

  fun InBatch(a: int, r: tRequest): bool {
    var b: tRequest;
    foreach (b in batch[a]) {
      if (b.holder == r.holder && b.number == r.number) { return true; }
    }
    return false;
  }

  fun RelearnTime(): int {
    if (variant == RELEARN_TOO_SHORT) { return LeaseTime(); }
    return Margin(LeaseTime(), variant);
  }

  // Who gets what on top. Need comes first; how much more is policy, so here it is a coin.
  fun Raise(a: int) {
    var r: tRequest;
    var free: int;
    var missing: int;
    if (relearning[a] && !ending[a]) { return; }
    free = limit[a];
    if (nextLimit[a] > 0) { free = Least(free, nextLimit[a]); }
    free = free - Lent(leased[a]);
    if (free < 0) { Reach(LIMIT_BELOW_LENT); }
    if (!(short[a] in leased[a])) { short[a] = 0; }
    foreach (r in batch[a]) {
      missing = r.needed - leased[a][r.holder];
      if (!(r.holder in lost[a]) && IsLatest(a, r)) {
        if (missing > free && missing > 0) { short[a] = r.holder; }
        else if (short[a] == r.holder) { short[a] = 0; }
        missing = Least(missing, free);
        if (missing > 0) {
          if (missing < free && short[a] == 0 && $) { missing = missing + 1; }
          raises[a][r.holder] = missing;
          free = free - missing;
        }
      }
    }
  }

  // Two requests of one holder can be in one batch: only the later one counts.
  fun IsLatest(a: int, r: tRequest): bool { return r.number == last[a][r.holder]; }

  // Whether all that is planned are renewals which the last good write still covers.
  fun IsCovered(a: int): bool {
    var at: int;
    if (distrust[a] || ending[a] || nextLimit[a] > 0 || sizeof(raises[a]) > 0 || sizeof(lost[a]) > 0) { return false; }
    if (variant == UNFENCED_RENEWALS) { return true; }
    foreach (at in batchAt[a]) {
      if (at - covered[a] >= LeaseTime()) { return false; }
    }
    return true;
  }

  fun Reply(a: int, r: tRequest, outcome: tOutcome, granted: int, lease: int) {
    var to_: int;
    if (!IsLatest(a, r)) { return; }
    to_ = granted;
    if (short[a] != 0 && short[a] != r.holder) { to_ = r.needed; }
    if (outcome == GRANTED) { until[a][r.holder] = Most(until[a][r.holder], time[a] + Margin(lease, variant)); }
    answers[a][r.holder] = (slot = r.slot, holder = r.holder, number = r.number, epoch = epoch[a], outcome = outcome, granted = granted,
      lease = lease, target = to_);
    SendReply(answers[a][r.holder]);
  }

  // Answers without a write: what a holder has, for as long as nobody who took over after the last good write can lend it again.
  fun Renew(a: int) {
    var i: int;
    var r: tRequest;
    var lease: int;
    while (i < sizeof(batch[a])) {
      r = batch[a][i];
      lease = LeaseTime();
      if (variant != UNCUT_RENEWALS && variant != UNFENCED_RENEWALS) { lease = lease - (batchAt[a][i] - covered[a]); }
      if (r.holder in lost[a] || distrust[a] || lease <= 0) {
        Reply(a, r, UNAVAILABLE, 0, 0);
      } else {
        Reach(RENEWED_WITHOUT_WRITE);
        Reply(a, r, GRANTED, leased[a][r.holder], lease);
      }
      i = i + 1;
    }
    Settle(a);
  }

  // What is written is lent.
  fun Lend(a: int) {
    var r: tRequest;
    var h: int;
    foreach (h in keys(raises[a])) {
      leased[a][h] = leased[a][h] + raises[a][h];
      Reach(LENT);
    }
    foreach (r in batch[a]) {
      if (r.holder in lost[a]) { leased[a][r.holder] = 0; Reply(a, r, LEASE_LOST, 0, 0); }
      else { Reply(a, r, GRANTED, leased[a][r.holder], LeaseTime()); }
    }
    Settle(a);
  }

  fun Load(a: int, r: tRecord) {
    var h: int;
    Settle(a);
    leased[a] = default(map[int, int]); last[a] = default(map[int, int]); until[a] = default(map[int, int]);
    answers[a] = default(map[int, tReply]);
    relearning[a] = r.etag == 0 || !r.complete;
    relearnUntil[a] = time[a] + RelearnTime();
    etag[a] = r.etag; epoch[a] = r.epoch + 1; limit[a] = r.limit;
    if (variant == FORGETFUL) { relearning[a] = false; }
    else {
      leased[a] = r.leased; last[a] = r.numbers;
      foreach (h in keys(r.leased)) {
        if (variant == NUMBERS_NOT_STORED) { last[a][h] = 0; }
        // Whoever wrote this may have confirmed it until now.
        until[a][h] = time[a] + Margin(LeaseTime(), variant);
      }
    }
    phase[a] = CLAIMING;
    Write(a);
  }

  // The store has answered.
  fun Hear(a: int, answer: tAnswer) {
    if (!(a in phase) || !asking[a] || answer.op != op[a]) { return; }
    asking[a] = false;
    if (phase[a] == LOADING) { Load(a, answer.record); }
    else if (phase[a] == UNSURE) {
      if (answer.record.etag == 0 || !IsWriter(a, answer.record)) { Reach(SUPERSEDED); Stop(a); return; }
      if (answer.record.etag != etag[a]) { Reach(DONE_THOUGH_UNKNOWN); }
      etag[a] = answer.record.etag; limit[a] = answer.record.limit;
      phase[a] = IDLE;
      Round(a);
    } else if (!answer.good) {
      if (phase[a] == WRITING) { Reach(SUPERSEDED); Stop(a); return; }
      phase[a] = LOADING;
      Read(a);
    } else {
      etag[a] = answer.record.etag; limit[a] = answer.record.limit; nextLimit[a] = 0; covered[a] = began[a];
      if (ending[a]) { relearning[a] = false; ending[a] = false; Reach(RELEARNED); }
      distrust[a] = false;
      phase[a] = IDLE;
      Lend(a);
      Round(a);
    }
  }

  fun IsWriter(a: int, r: tRecord): bool {
    if (variant == WRITER_BY_EPOCH) { return r.epoch == epoch[a]; }
    return r.writer == a;
  }

  // The store has not answered: what it did is not known.
  fun GiveUp(a: int) {
    if (!asking[a]) { return; }
    nextLimit[a] = 0; ending[a] = false;
    if (phase[a] == WRITING) {
      phase[a] = UNSURE;
      if (variant == LENT_WHEN_UNKNOWN) { Lend(a); } else { Renew(a); }
    } else if (phase[a] == UNSURE) {
      Reclaim(a);
      Sort(a);
      Renew(a);
    } else {
      phase[a] = LOADING;
    }
    Read(a);
  }

  // ---------- the network: now, late, twice, or never

  // 0: now, 1: late, 2: now and again, 3: never.
  fun Fate(of: int): int {
    if (calm || choose(16) >= of) { return 0; }
    return 1 + choose(3);
  }

  fun SendRequest(r: tRequest) {
    var fate: int;
    fate = Fate(disturbedRequests);
    if (fate == 1 || fate == 2) { lateRequests += (sizeof(lateRequests), r); }
    if (fate == 0 || fate == 2) { TakeRequest(r); }
  }

  fun TakeRequest(r: tRequest) {
    if (sizeof(phase) == 0) { Succeed(); }
    if (!(route[r.slot] in phase) || (sizeof(phase) > 1 && choose(4) == 0)) { route[r.slot] = choose(keys(phase)); }
    if (calm && newest in phase) { route[r.slot] = newest; }
    Receive(route[r.slot], r);
  }

  fun SendReply(r: tReply) {
    var fate: int;
    fate = Fate(disturbed);
    if (fate == 1 || fate == 2) { lateReplies += (sizeof(lateReplies), r); }
    if (fate == 0 || fate == 2) { TakeReply(r); }
  }

  fun SendAsk(ask: tAsk) {
    var fate: int;
    fate = Fate(disturbed);
    if (fate == 1) { lateAsks += (sizeof(lateAsks), ask); }
    if (fate == 0 || fate == 2) { TakeAsk(ask); }
  }

  fun SendAnswer(answer: tAnswer) {
    var fate: int;
    fate = Fate(disturbed);
    if (fate == 1) { lateAnswers += (sizeof(lateAnswers), answer); }
    if (fate == 0 || fate == 2) { Hear(answer.ledger, answer); }
  }

  fun Deliver() {
    var i: int;
    var request: tRequest;
    var reply: tReply;
    var ask: tAsk;
    var answer: tAnswer;
    i = sizeof(lateRequests) + sizeof(lateReplies) + sizeof(lateAsks) + sizeof(lateAnswers);
    if (i == 0) { return; }
    i = choose(i);
    if (i < sizeof(lateRequests)) { request = lateRequests[i]; lateRequests -= (i); TakeRequest(request); return; }
    i = i - sizeof(lateRequests);
    if (i < sizeof(lateReplies)) { reply = lateReplies[i]; lateReplies -= (i); TakeReply(reply); return; }
    i = i - sizeof(lateReplies);
    if (i < sizeof(lateAsks)) { ask = lateAsks[i]; lateAsks -= (i); TakeAsk(ask); return; }
    i = i - sizeof(lateAsks);
    answer = lateAnswers[i]; lateAnswers -= (i); Hear(answer.ledger, answer);
  }

  // ---------- the store: one record with compare-and-set. An ETag is never used twice, not even when everything was forgotten.

  fun TakeAsk(ask: tAsk) {
    var good: bool;
    if (!up) { return; }
    good = !ask.write || ask.record.etag == record.etag;
    if (ask.write && good) {
      if ($) { earlier = record; }
      if (above || ask.record.limit != record.limit) {
        above = Lent(ask.record.leased) > ask.record.limit;
        announce eLimit, (limit = ask.record.limit, lent = Lent(ask.record.leased));
      }
      writes = writes + 1;
      record = ask.record;
      record.etag = writes;
      print format ("the store has {0}", record);
    }
    SendAnswer((ledger = ask.ledger, op = ask.op, good = good, record = record));
  }

  fun Empty() {
    var configured: int;
    print "the store is emptied";
    configured = record.limit;
    record = default(tRecord);
    record.limit = configured;
    // Memory storage may go with the silo that the activation runs on, too.
    if ($ && newest < 4) { Succeed(); }
  }

  fun RollBack() {
    if (earlier.etag == 0) { return; }
    writes = writes + 1;
    record = earlier;
    record.etag = writes;
  }

  // ---------- the end: everything works again

  // Relearning ends after seven ticks of a slow clock, and what the dead held after seven more. A permit that is free, or lies idle at another
  // gateway, has to come by then.
  fun Recover() {
    var i: int;
    var ticks: int;
    calm = true; up = true;
    while (i < gateways) {
      if (frozen[i]) { Freeze(i); }
      i = i + 1;
    }
    foreach (i in keys(phase)) { GiveUp(i); }
    announce eWaits;
    while (ticks < 18) {
      Ask(0, 1);
      if (open[0] < held[0] || Lent(open) >= record.limit) { announce eServed; return; }
      i = 1;
      while (i < gateways) { Ask(i, 0); i = i + 1; }
      Tick();
      ticks = ticks + 1;
    }
  }
}
