package diagnosis

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// texts are the errors that net/http and ReverseProxy give no type. Each is matched as
// the beginning of one link of the chain, never inside it: upstreams choose parts of
// error texts. A test provokes each from the running Go.
var texts = []struct {
	prefix string
	Type
	status int
	hint   string
}{
	{"http: no Host in request URL", DestinationNotFound, 0, "the outbound request has no host: check Rewrite"},
	{"unsupported protocol scheme", ProxyConfigurationError, 0, "the target's scheme must be http or https"},
	{"net/http: server response headers exceeded", HTTPResponseHeaderSectionSize, 0, "the upstream's header section is larger than MaxResponseHeaderBytes"},
	{"unsupported transfer encoding", HTTPResponseTransferCoding, 0, "the upstream used a transfer coding other than chunked"},
	{"too many transfer encodings", HTTPResponseTransferCoding, 0, "the upstream named more than one transfer coding"},
	{"malformed HTTP response \"\\x15\\x03", HTTPProtocolError, 0, "the upstream speaks TLS: use https:// in the target"},
	{"malformed HTTP response \"SSH-", HTTPProtocolError, 0, "an SSH server listens there: check the target's port"},
	{"malformed HTTP response", HTTPProtocolError, 0, "the upstream does not speak HTTP/1.1 on this port"},
	{"malformed HTTP version", HTTPProtocolError, 0, "the upstream does not speak HTTP/1.1 on this port"},
	{"malformed HTTP status code", HTTPProtocolError, 0, "the upstream sent a status that is no number"},
	{"invalid byte in chunk length", HTTPResponseTransferCoding, 0, "the upstream's chunked coding is malformed"},
	{"malformed chunked encoding", HTTPResponseTransferCoding, 0, "the upstream's chunked coding is malformed"},
	{"http2: client connection lost", ConnectionReadTimeout, 0, "the upstream did not answer HTTP/2 pings"},
	{"http: server closed idle connection", ConnectionTerminated, 0, "the upstream closed the idle connection as the request was sent: its keep-alive is shorter than the gateway's"},
	{"backend tried to switch", HTTPUpgradeFailed, 0, "the upstream switched to a protocol that was not asked for"},
	{"internal error: 101 switching protocols response", HTTPUpgradeFailed, 0, "the upstream switched protocols without being asked"},
	{"client tried to switch to invalid protocol", HTTPRequestError, http.StatusBadRequest, "the visitor asked for a protocol with an unprintable name"},
	{"can't switch protocols using non-Hijacker", ProxyInternalError, 0, "a middleware around the proxy hides http.Hijacker"},
	{"ReverseProxy must have exactly one of", ProxyConfigurationError, 0, "set exactly one of Rewrite and Director"},
}

// connectionBroken is what net/http puts before most faults of a response head.
const connectionBroken = "net/http: HTTP/1.x transport connection broken: "

func ofText(err error, f Facts) (Diagnosis, bool) {
	for link := err; link != nil; link = errors.Unwrap(link) {
		text := strings.TrimPrefix(link.Error(), connectionBroken)
		for _, t := range texts {
			if !strings.HasPrefix(text, t.prefix) {
				continue
			}
			d := ofStep(t.Type, f).hint(t.hint)
			if t.status != 0 {
				d.Status = t.status
			}
			return d, true
		}
		if fmt.Sprintf("%T", link) == "*http.unsupportedTEError" {
			return ofStep(HTTPResponseTransferCoding, f).hint("the upstream used a transfer coding other than chunked"), true
		}
	}
	return Diagnosis{}, false
}
