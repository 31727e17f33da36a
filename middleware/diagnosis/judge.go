package diagnosis

import "time"

// A Confidence is how sure a [Verdict] is, in words.
type Confidence string

// The degrees of confidence.
const (
	Sure       Confidence = "sure"
	MostLikely Confidence = "most_likely"
	CannotTell Confidence = "cannot_tell"
)

// A Scope says who else is affected. The zero value means [ScopeUnknown]: nothing is
// said about other visitors.
type Scope string

// ScopeUnknown: nobody has looked at other visitors.
const ScopeUnknown Scope = "unknown"

// Seen is the evidence: what the gateway has seen lately. The zero value means that
// nothing is known beyond the exchange itself.
type Seen struct {
	Scope Scope
	Since time.Time
}

// A Verdict is what the page says about fault.
type Verdict struct {
	Party      Party
	Confidence Confidence
	Scope      Scope
	Since      time.Time // since when; zero: not known
}

// Judge says whose fault it is, from a diagnosis and the evidence. The visitor or the
// visitor's network is only named when the exchange itself proves or strongly suggests it.
func Judge(d Diagnosis, seen Seen) Verdict {
	v := Verdict{Party: d.Party, Confidence: Sure, Scope: seen.Scope, Since: seen.Since}
	if v.Scope == "" {
		v.Scope = ScopeUnknown
	}
	switch {
	case d.Party == Unknown || d.Party == "":
		v.Party, v.Confidence = Unknown, CannotTell
	case d.Party == Network,
		d.Type == ConnectionTimeout, d.Type == DestinationIPUnroutable:
		// A route between gateway and upstream can fail where both ends are fine.
		v.Confidence = MostLikely
	}
	return v
}
