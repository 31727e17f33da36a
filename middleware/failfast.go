package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/evidence"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/facts"
)

// circuits are the circuit breakers of a transport: see [evidence.Circuits].
type circuits struct {
	*evidence.Circuits
	counts func(diagnosis.Diagnosis, error) bool // failures that say that others will fail too
}

var errFailFast = errors.New("not tried, as it failed just before")

// circuitsOf returns none where a request can choose its way, as with a dialler that looks
// at it: its failures would be told to others, who would have gone another one.
func circuitsOf(base http.RoundTripper, memory *evidence.Memory, moment time.Duration) circuits {
	t, ok := base.(*http.Transport)
	if !ok || len(facts.ForeignWays(t)) > 0 || !dialsByAddress(t) || !choosesProxyByAddress(t) {
		return circuits{}
	}
	return circuits{memory.Circuits(t, moment), countedOf(t)}
}

// countedOf returns which failures say that others will fail too. A timeout may be that of
// one slow moment, the gateway's own shortages are not the upstream's, the visitor may have
// left, and code of the host program may have refused this request alone.
func countedOf(t *http.Transport) func(diagnosis.Diagnosis, error) bool {
	looksUp := t.DialContext == nil // a dialler may ask a resolver for each request
	tls := t.TLSClientConfig
	handshakes := t.GetProxyConnectHeader == nil && t.OnProxyConnectResponse == nil &&
		(tls == nil || tls.GetClientCertificate == nil && tls.VerifyConnection == nil && tls.VerifyPeerCertificate == nil)
	return func(d diagnosis.Diagnosis, err error) bool {
		switch d.Type {
		case diagnosis.ConnectionRefused, diagnosis.DestinationIPUnroutable:
			return d.Party == diagnosis.Site && isOfConnect(err)
		case diagnosis.DNSError:
			return d.Party == diagnosis.Site && looksUp
		case diagnosis.TLSCertificateError, diagnosis.TLSProtocolError, diagnosis.TLSAlertReceived:
			return d.Party == diagnosis.Site && handshakes
		}
		return false
	}
}

// isOfConnect reports what the operating system said to connect(2), ConnectEx on Windows:
// not the word of a forward proxy, or of a net.Dialer's Control.
func isOfConnect(err error) bool {
	call, ok := errors.AsType[*os.SyscallError](err)
	return ok && strings.HasPrefix(call.Syscall, "connect")
}

// fastAnswer is the answer for all who will not try, after a failure that counts.
func fastAnswer(d diagnosis.Diagnosis, err error) *diagnosis.Error {
	err = fmt.Errorf("%w: %s", errFailFast, err) // the error itself may hold the request
	return &diagnosis.Error{Type: d.Type, Status: d.Status, NotSent: true, FailFast: true, Hint: d.Hint, Err: err}
}
