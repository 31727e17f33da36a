package drillthrough_test

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
)

// forYears is a sound certificate.
func forYears() x509.Certificate {
	return x509.Certificate{
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"shop.example"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func TestAllLinksHold(t *testing.T) {
	server, client := authority(t, forYears())
	withTLS := drillthrough.Checker{TLS: client}
	prior := httptest.NewUnstartedServer(http.HandlerFunc(hello))
	prior.Config.Protocols = new(http.Protocols)
	prior.Config.Protocols.SetUnencryptedHTTP2(true)
	prior.Start()
	t.Cleanup(prior.Close)
	stream := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	for _, c := range []struct {
		name, url string
		checker   drillthrough.Checker
		protocol  string
		says      string // the tree does
	}{
		{"HTTP/1.1", "http://" + web(t, hello) + "/cart?n=1", drillthrough.Checker{}, "HTTP/1.1", "GET /cart?n=1"},
		{"HTTPS", "https://" + secure(t, server.Clone(), false), withTLS, "HTTP/1.1", "by Example Authority"},
		{"HTTP/2", "https://" + secure(t, server.Clone(), true), withTLS, "HTTP/2.0", "TLS 1.3, h2"},
		{"HTTP/2 without TLS", prior.URL, drillthrough.Checker{}, "HTTP/2.0", "h2c"},
		{"no body", "http://" + web(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }), drillthrough.Checker{}, "HTTP/1.1", "0 bytes, complete"},
		{"not found", "http://" + web(t, http.NotFound), drillthrough.Checker{}, "HTTP/1.1", "404 Not Found"},
		{"a stream of events", "http://" + web(t, stream), drillthrough.Checker{}, "HTTP/1.1", "not read"},
		{"a body that ends with the connection", "http://" + raw(t, says("HTTP/1.0 200 OK\r\n\r\nhello", "")), drillthrough.Checker{}, "HTTP/1.0", "only the close"},
		{"a body without end", "http://" + raw(t, says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "400\r\n"+strings.Repeat("x", 0x400)+"\r\n")), drillthrough.Checker{}, "HTTP/1.1", "more than 64 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := c.checker.Check(t.Context(), c.url)
			text := tree(t, r)
			if r.Result != drillthrough.OK || !strings.HasPrefix(r.Verdict, "All links hold.") || len(r.Fix) > 0 {
				t.Errorf("it does not hold:\n%s", text)
			}
			if !strings.Contains(text, c.protocol) || !strings.Contains(text, c.says) {
				t.Errorf("%q or %q is not told:\n%s", c.protocol, c.says, text)
			}
		})
	}
}

func TestCertificates(t *testing.T) {
	inDays := func(from, to int) x509.Certificate {
		leaf := forYears()
		leaf.NotBefore, leaf.NotAfter = time.Now().AddDate(0, 0, from), time.Now().AddDate(0, 0, to).Add(time.Hour)
		return leaf
	}
	other := inDays(-9, -2)
	other.IPAddresses, other.DNSNames = nil, []string{"other.example"}
	other.Subject.CommonName = "evil\x1b[31m\u202e"
	for _, c := range []struct {
		name   string
		leaf   x509.Certificate
		skip   bool // verification
		result drillthrough.Result
		says   []string
	}{
		{"one that ends in a week is warned of", inDays(-9, 7), false, drillthrough.Warning, []string{"in 7 days: renew it", "7 days left"}},
		{"one that ends in a month is fine", inDays(-9, 30), false, drillthrough.OK, []string{"30 days left"}},
		{"all faults of one are told, not only the first", other, false, drillthrough.Broken, []string{"ended", "it is not for 127.0.0.1 but for other.example", "renew it"}},
		{"what it says cannot reach the terminal", other, false, drillthrough.Broken, []string{`certificate evil\x1b[31m\u202e by`}},
		{"who does not verify is warned", other, true, drillthrough.Warning, []string{"would not be accepted"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, client := authority(t, c.leaf)
			client.InsecureSkipVerify = c.skip
			checker := drillthrough.Checker{TLS: client}
			r := checker.Check(t.Context(), "https://"+secure(t, server, true))
			text := tree(t, r)
			if r.Result != c.result {
				t.Errorf("the result is %s:\n%s", r.Result, text)
			}
			for _, want := range c.says {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not told:\n%s", want, text)
				}
			}
		})
	}
}

func TestAnOldCertificateFurtherUpIsWarnedOf(t *testing.T) {
	server, client := authority(t, forYears())
	old := forYears()
	old.Subject.CommonName, old.NotAfter = "Old Authority", time.Now().AddDate(0, -1, 0)
	useless, _ := authority(t, old)
	chain := &server.Certificates[0].Certificate
	*chain = append(*chain, useless.Certificates[0].Certificate[0])
	checker := drillthrough.Checker{TLS: client}
	r := checker.Check(t.Context(), "https://"+secure(t, server, true))
	if r.Result != drillthrough.Warning || !strings.Contains(r.Verdict, "the certificate of Old Authority, further up in the chain, ended on") {
		t.Error(tree(t, r))
	}
}

func TestGatewaysOnTheWay(t *testing.T) {
	front := web(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Via", "1.1 inner (a, b (c)), 2 edge")
		w.Header().Set("Proxy-Status", `inner; error=connection_refused; next-hop="10.0.0.7"; details="no one there", edge; received-status=502`)
		w.Header().Set("Server", "front\u009b31m")
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprint(w, "sorry")
	})
	r := drillthrough.Check(t.Context(), "http://"+front)
	text := tree(t, r)
	for _, want := range []string{
		"by way of edge (2) → inner (1.1) a, b (c) → front\\u009b31m (Server)",
		"inner says: connection_refused, from 10.0.0.7, no one there",
		"connection_refused behind the upstream (it answers 502)",
		"Fix: inner, a gateway behind this link, reports connection_refused",
		"5 bytes, complete",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told:\n%s", want, text)
		}
	}
	if r.Result != drillthrough.Broken {
		t.Errorf("the result is %s", r.Result)
	}
}
