package headers

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter is the longest wait that is taken over from an upstream.
const maxRetryAfter = 24 * time.Hour

// RetryAfter reads a Retry-After field (RFC 9110 §10.2.3): seconds or a date, never more
// than a day. What makes no sense is 0.
func RetryAfter(field string, now time.Time) time.Duration {
	field = strings.TrimSpace(field)
	if seconds, err := strconv.ParseInt(field, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) { // then it is the largest there is
		return time.Duration(max(0, min(seconds, int64(maxRetryAfter/time.Second)))) * time.Second
	}
	if date, err := http.ParseTime(field); err == nil {
		return max(0, min(date.Sub(now), maxRetryAfter))
	}
	return 0
}

// WholeSeconds is a time as Retry-After has it (RFC 9110 §10.2.3), rounded up.
func WholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
