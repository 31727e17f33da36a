package drillthrough_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

var quiet = log.New(io.Discard, "", 0)

// notWalked are the cases of GET requests that a check does not meet: what breaks is not
// between it and the upstream, or it takes more than the gateway of the case.
var notWalked = []string{
	"connection_limit_reached",                                                                              // the gateway's own connections
	"http_response_header_section_size", "http_response_header_section_size_many", "http_status_line_giant", // a check takes more
	"http2_header_section_size",                                                     // the same
	"body_cut_late", "body_reset_late", "body_stalled_late", "chunk_malformed_late", // a check reads less
	"http_upgrade_failed_other", "http_request_error_upgrade", "visitor_left_waiting", "visitor_left_downloading",
}

func walked(c upstreamtest.Case) bool {
	return c.Method == "" && !slices.Contains(notWalked, c.Name) &&
		!strings.HasPrefix(c.Name, "forward_proxy_") && !strings.HasPrefix(c.Name, "socks_")
}

// caseResolver asks the resolver of a case's dialler, or knows an address where the case
// is not about look-ups.
type caseResolver struct {
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	lookUp bool
}

func (r caseResolver) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if !r.lookUp {
		return names{host: {"127.0.0.1"}}.LookupNetIP(ctx, network, host)
	}
	conn, err := r.dial(ctx, "tcp", net.JoinHostPort(host, "80"))
	if err == nil {
		conn.Close()
		return nil, errors.New("the case is not about look-ups")
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return nil, dns
	}
	return nil, err
}

func (caseResolver) LookupCNAME(context.Context, string) (string, error) {
	return "", errors.New("none")
}

func checkCase(t *testing.T, c upstreamtest.Case) drillthrough.Report {
	t.Helper()
	u := startCase(t, c.Name)
	transport := u.Transport()
	checker := drillthrough.Checker{
		Dial: transport.DialContext, TLS: transport.TLSClientConfig,
		Resolver: caseResolver{transport.DialContext, strings.HasPrefix(c.Name, "dns_")},
	}
	if strings.HasSuffix(string(c.Want.Type), "_timeout") {
		checker.StepTimeout = upstreamtest.Limit
	}
	return checker.Check(t.Context(), u.URL.String())
}

// TestEveryCase holds what a check says of each way to fail against what is right.
func TestEveryCase(t *testing.T) {
	takesLong(t)
	n := 0
	for _, c := range upstreamtest.Cases() {
		if !walked(c) {
			continue
		}
		n++
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			r := checkCase(t, c)
			if r.Result != drillthrough.Broken {
				t.Fatalf("the result is %s:\n%s", r.Result, tree(t, r))
			}
			link, _ := brokenLink(r)
			got, want := link.Fault, c.Want
			if c.Name == "http2_refused_stream" {
				want.Outcome = diagnosis.NotSent // a check asks once, and has the promise
			}
			if got.Type != want.Type && got.Type != c.Alternative || got.Phase != want.Phase || got.Outcome != want.Outcome {
				t.Errorf("got %q %q %q, want %q %q %q:\n%s", got.Type, got.Phase, got.Outcome, want.Type, want.Phase, want.Outcome, tree(t, r))
			}
			if !strings.Contains(strings.ToLower(strings.Join(r.Fix, " ")), want.Hint) && got.Type != c.Alternative {
				t.Errorf("the fix %q does not name %q", r.Fix, want.Hint)
			}
			if !slices.Contains(linksOf[want.Phase], link.Name) && c.Name != "dns_gateway_files_exhausted" { // met in the look-up
				t.Errorf("the link %s is said to be broken in the phase %s", link.Name, want.Phase)
			}
		})
	}
	if n < 100 {
		t.Errorf("only %d cases are walked", n)
	}
}

// linksOf are the links that belong to a phase.
var linksOf = map[diagnosis.Phase][]drillthrough.LinkName{
	diagnosis.Lookup:  {drillthrough.LinkLookup},
	diagnosis.Connect: {drillthrough.LinkConnect, drillthrough.LinkTLS},
	"":                {drillthrough.LinkConnect}, // the machine that asks cannot connect
	diagnosis.Send:    {drillthrough.LinkSend},
	diagnosis.Receive: {drillthrough.LinkReceive, drillthrough.LinkBody},
}
