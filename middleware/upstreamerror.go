package middleware

import (
	"net/http"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// An upstreamError is what an upstream says itself about a failure that it reports. Where the
// answer is ours only this is taken over of what it says of the failure, as its Proxy-Status may
// name machines inside; which of its fields stay is said in keptfields.go.
type upstreamError struct {
	trips     int16 // RoundTrips begun when it did
	diagnosis diagnosis.Diagnosis
	requestID string // its name for the request, which its own log knows; empty: none
}

func upstreamErrorOf(res *http.Response, now time.Time) *upstreamError {
	e := &upstreamError{diagnosis: diagnosis.Relayed(res.StatusCode, res.Header, now)}
	if id := headers.First(res.Header, "X-Request-Id"); len(id) <= maxRequestID && !strings.ContainsFunc(id, isNoIDSign) {
		e.requestID = strings.Clone(id)
	}
	return e
}

// maxRequestID is how long a name for a request may be.
const maxRequestID = 128

// isNoIDSign reports what stands in no such name: blanks, and what is not printable ASCII.
func isNoIDSign(r rune) bool { return r <= ' ' || r > '~' }
