package pages

import (
	"net/http"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// advice is what to do, before telling anybody.
func (v View) advice(box string, theirs bool) []string {
	d, wait := v.Diagnosis, v.wait()
	ours := v.isOurs() && v.Verdict.Side == diagnosis.SideVisitor
	switch {
	case v.Verdict.Cookies:
		return []string{"do.cookies"}
	case d.Status == http.StatusRequestEntityTooLarge && theirs:
		return []string{"do.smaller"}
	case d.Party == diagnosis.Network:
		return []string{"do.connection"}
	case theirs:
		return nil
	case ours && box == "unknown":
		return nil
	case ours && d.Retryable:
		return []string{wait}
	case ours:
		return []string{"do.wait_only"}
	case box == "unknown" && v.isElsewhere():
		return []string{"do.elsewhere"}
	case box == "unknown" && v.noSite():
		return nil
	case box == "unknown":
		return []string{"do.check"}
	case v.noSite():
		return []string{wait}
	case v.isElsewhere() && d.Type == diagnosis.DNSError:
		return []string{"do.address", wait}
	case v.isElsewhere():
		return []string{wait, "do.elsewhere"}
	case d.Retryable:
		return []string{wait, "do.check"}
	}
	return []string{"do.wait_only", "do.check"}
}

// inVoice returns the id of a message for the voice that speaks. A gateway at the visitor's
// side speaks for its own people only.
func (v View) inVoice(voice Voice, id string) string {
	if voice == VoiceThird && v.Verdict.Side != diagnosis.SideVisitor {
		return id + ".third"
	}
	return id
}

// wait says how long, as the field Retry-After does.
func (v View) wait() string {
	if v.Diagnosis.RetryAfter > time.Minute && !v.Time.IsZero() {
		return "do.wait_until"
	}
	return "do.wait"
}
