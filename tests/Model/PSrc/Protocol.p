// What gateways, activations and the store say to each other, and the durations that both sides know (docs/quota.md).

// The protocol as designed, and ways to break it that the checker has to notice.
enum tVariant {
  AS_DESIGNED,
  NO_MARGIN,            // the ledger takes a lease back when its own clock says that it is over
  HALF_MARGIN,          // the ledger allows for one clock's error, not for both
  REPLY_BEFORE_WRITE,   // the ledger replies, then writes
  FORGETFUL,            // a new activation neither takes the table nor relearns
  RELEARN_TOO_SHORT,    // relearning waits one lease without the margin for clocks
  UNFENCED_RENEWALS,    // a renewal is confirmed for a whole lease without a write
  UNCUT_RENEWALS,       // a renewal without a write is not shortened by the age of the last one
  NO_NUMBERS,           // a late request is taken for a new one
  NUMBERS_NOT_STORED,   // a new activation does not know the last numbers
  WRITER_BY_EPOCH,      // the record's writer is recognised by its epoch alone, which starts again in a lost table
  LENT_WHEN_UNKNOWN,    // what a write of unknown outcome raised is lent
  ANSWERED_AFTER_END,   // a reply is taken although the lease ended while its request was out
  NO_CLOSING,           // a gateway keeps its connections when its lease ends
  NEVER_BACK            // the ledger never takes back what a dead gateway held
}

// What a schedule may come to: the checker must find each of these, or a green run would mean little.
enum tGoal {
  NOTHING, LENT, ENDED_IN_USE, RECLAIMED, OVERLAPPED, SUPERSEDED, BELIEVED, RELEARNED, RENEWED_WITHOUT_WRITE, DONE_THOUGH_UNKNOWN, STALE_REQUEST,
  LATE_REPLY, LIMIT_BELOW_LENT, GIVEN_BACK, DISTRUSTED
}

enum tOutcome { PENDING, GRANTED, STALE, LEASE_LOST, UNAVAILABLE }
enum tPhase { LOADING, CLAIMING, IDLE, WRITING, UNSURE }

type tRequest = (slot: int, holder: int, number: int, epoch: int, held: int, needed: int);
type tReply = (slot: int, holder: int, number: int, epoch: int, outcome: tOutcome, granted: int, lease: int, target: int);

// `leased` and `numbers` by holder. An ETag of 0: there is no record.
type tRecord = (etag: int, writer: int, epoch: int, complete: bool, limit: int, leased: map[int, int], numbers: map[int, int]);
type tAsk = (ledger: int, op: int, write: bool, record: tRecord);
type tAnswer = (ledger: int, op: int, good: bool, record: tRecord);

// A clock advances by 3, 4 or 5 while the world ticks once: up to 25 % slow or fast, so that few ticks show what 5 % do in many.
fun SlowRate(): int { return 3; }
fun FastRate(): int { return 5; }

// Three ticks of a true clock, four of a slow one: the least that makes rates differ by a whole tick.
fun LeaseTime(): int { return 12; }

// How long the lender waits until a lease is over on any holder's clock: lease x (1 + e) / (1 - e), rounded up. The real one waits a little
// longer, since a holder takes a moment to close; here closing takes no time.
fun Margin(lease: int, variant: tVariant): int {
  if (variant == NO_MARGIN) { return lease; }
  if (variant == NEVER_BACK) { return lease * 1000; }
  if (variant == HALF_MARGIN) { return (lease * FastRate() + 3) / 4; }
  return (lease * FastRate() + SlowRate() - 1) / SlowRate();
}

fun Least(a: int, b: int): int { if (a < b) { return a; } return b; }
fun Most(a: int, b: int): int { if (a > b) { return a; } return b; }
