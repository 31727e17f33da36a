package pages

import (
	"cmp"
	"encoding/json"
	"math"
	"net/http"
	"regexp"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A problem is the form for programs (RFC 9457): its own five members, then ours.
type problem struct {
	Type       string               `json:"type"`
	Title      string               `json:"title"`
	Status     int                  `json:"status"`
	Detail     string               `json:"detail"`
	Instance   string               `json:"instance,omitempty"`
	Error      diagnosis.Type       `json:"error,omitempty"`
	Phase      diagnosis.Phase      `json:"phase,omitempty"`
	Party      diagnosis.Party      `json:"party"`
	Outcome    diagnosis.Outcome    `json:"outcome,omitempty"`
	Confidence diagnosis.Confidence `json:"confidence"`
	Scope      diagnosis.Scope      `json:"scope"`
	Since      string               `json:"since,omitempty"`
	Retryable  bool                 `json:"retryable"`
	RetryAfter int                  `json:"retry_after,omitempty"`
	Reference  string               `json:"reference,omitempty"`
	FailFast   bool                 `json:"fail_fast,omitempty"` // nobody tried just now
}

// dnsName is what may name the authority of a tag URI (RFC 4151 §2.1).
var dnsName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

// Problem returns the answer as problem+json. Title and detail are in the language of
// the view; every other member is stable.
func (s *Site) Problem(v View) []byte {
	p := s.page(v)
	v = p.View
	d := v.Diagnosis.For(v.Method)
	out := problem{
		Type: v.Type, Title: p.headline(), Status: d.Status, Detail: p.detail(),
		Error: d.Type, Phase: d.Phase, Party: v.Verdict.Party, Outcome: d.Outcome,
		Confidence: v.Verdict.Confidence, Scope: v.Verdict.Scope, Retryable: d.Retryable, Reference: v.Reference, FailFast: d.FailFast,
	}
	if out.Type == "" {
		// RFC 9457 §4.2.1: then the title is the phrase of the status.
		out.Type, out.Title = "about:blank", cmp.Or(http.StatusText(d.Status), p.status())
	}
	if host := hostname(v.Host); dnsName.MatchString(host) && v.Reference != "" {
		out.Instance = "tag:" + host + ",2026:" + v.Reference // RFC 4151
	}
	if !v.Verdict.Since.IsZero() {
		out.Since = v.Verdict.Since.UTC().Format(time.RFC3339)
	}
	if d.Retryable && !v.Explained { // there nothing has failed just now
		out.RetryAfter = int(math.Ceil(d.RetryAfter.Seconds()))
	}
	body, err := json.Marshal(out)
	if err != nil { // strings and numbers always marshal
		body = []byte("{}")
	}
	return append(body, '\n')
}

// detail is the paragraph that a person would read: what happened and whose fault it is.
func (p page) detail() string {
	ids := append([]string{p.story.lead}, p.story.sentences()...)
	if p.story.box != "" {
		ids = append(ids, p.box()...)
	}
	return p.texts(ids)
}
