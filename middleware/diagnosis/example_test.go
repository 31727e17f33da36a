package diagnosis_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

func ExampleOf() {
	err := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	seen := diagnosis.Facts{Step: diagnosis.StepDial, Attempts: 1}
	d := diagnosis.Of(err, seen)
	fmt.Println(d.Type, d.Status, d.Phase, d.Party, d.Outcome)
	// Output: connection_refused 502 connect site not_sent
}

// A breaker around a transport says what net/http cannot know.
type breaker struct {
	base http.RoundTripper
	open bool
}

func (b breaker) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.open {
		err := errors.New("too many failures")
		return nil, &diagnosis.Error{Type: diagnosis.DestinationUnavailable, RetryAfter: 30 * time.Second, Err: err}
	}
	return b.base.RoundTrip(r)
}

func ExampleError() {
	_, err := breaker{open: true}.RoundTrip(nil)
	d := diagnosis.Of(err, diagnosis.Facts{})
	fmt.Println(d.Type, d.Status, d.RetryAfter)
	// Output: destination_unavailable 503 30s
}

func ExampleJudge() {
	d := diagnosis.ConnectionTimeout.Diagnosis()
	v := diagnosis.Judge(d, diagnosis.Evidence{})
	fmt.Println(v.Party, v.Confidence, v.Scope)
	// Output: site most_likely unknown
}
