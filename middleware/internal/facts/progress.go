package facts

import "github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"

// A progress is what a recorder saw, as [diagnosis.Facts] have it, in half the memory:
// there is one for each request.
type progress struct {
	Step                                     diagnosis.Step
	GotConn, Wrote, Reused, TimedOut, Looped bool
	Unseen                                   bool  // the body was read before a connection was got
	Moved                                    bool  // more connections than one were got
	Resent, Attempts, Status, Got            int16 // Got: connections
	Length                                   int64
	BodyErr                                  error
}

func (p *progress) facts() diagnosis.Facts {
	return diagnosis.Facts{
		Step: p.Step, GotConn: p.GotConn, Wrote: p.Wrote, Reused: p.Reused, TimedOut: p.TimedOut, Looped: p.Looped,
		Resent: int(p.Resent), Attempts: int(p.Attempts), Status: int(p.Status), Length: p.Length, BodyErr: p.BodyErr,
	}
}
