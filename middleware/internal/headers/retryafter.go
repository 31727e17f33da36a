package headers

import (
	"strconv"
	"time"
)

// WholeSeconds is a time as Retry-After has it (RFC 9110 §10.2.3), rounded up.
func WholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
