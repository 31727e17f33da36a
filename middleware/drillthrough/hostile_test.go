package drillthrough_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// never is a resolver and a dialler that do not even listen to their context.
type never struct{ free chan struct{} }

func (n never) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	<-n.free
	return nil, errors.New("too late")
}

func (n never) LookupCNAME(context.Context, string) (string, error) {
	<-n.free
	return "", errors.New("too late")
}

func (n never) dial(context.Context, string, string) (net.Conn, error) {
	<-n.free
	return nil, errors.New("too late")
}

// TestNothingHangs: whatever falls silent, the check ends and says where.
func TestNothingHangs(t *testing.T) {
	takesLong(t)
	free := make(chan struct{})
	t.Cleanup(func() { close(free) })
	stuck := never{free}
	silent := func(c net.Conn) { <-free }
	drip := func(c net.Conn) {
		_, err := c.Write([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
		for tick := time.NewTicker(10 * time.Millisecond); err == nil; <-tick.C {
			_, err = c.Write([]byte("1\r\nx\r\n"))
		}
	}
	hints := "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
	for _, c := range []struct {
		name    string
		url     string
		checker drillthrough.Checker
		link    drillthrough.LinkName
		want    diagnosis.Type // empty: a warning
	}{
		{"a resolver that never answers", "http://shop.example/", drillthrough.Checker{Resolver: stuck}, drillthrough.LinkLookup, diagnosis.DNSTimeout},
		{"a dialler that never returns", "http://127.0.0.1:1/", drillthrough.Checker{Dial: stuck.dial}, drillthrough.LinkConnect, diagnosis.ConnectionTimeout},
		{"silence instead of TLS", "https://" + raw(t, silent), drillthrough.Checker{}, drillthrough.LinkTLS, diagnosis.ConnectionTimeout},
		{"silence instead of an answer", "http://" + raw(t, silent), drillthrough.Checker{}, drillthrough.LinkReceive, diagnosis.HTTPResponseTimeout},
		{"early hints without end", "http://" + raw(t, says(hints, hints)), drillthrough.Checker{}, drillthrough.LinkReceive, diagnosis.HTTPResponseHeaderSectionSize},
		{"a header without end", "http://" + raw(t, says("HTTP/1.1 200 OK\r\nSet-Cookie: ", strings.Repeat("x", 4096))), drillthrough.Checker{}, drillthrough.LinkReceive, diagnosis.HTTPResponseHeaderSectionSize},
		{"headers without end", "http://" + raw(t, says("HTTP/1.1 200 OK\r\n", strings.Repeat("A: b\r\n", 500))), drillthrough.Checker{}, drillthrough.LinkReceive, diagnosis.HTTPResponseHeaderSectionSize},
		{"a body that drips", "http://" + raw(t, drip), drillthrough.Checker{}, drillthrough.LinkBody, ""},
		{"a body that is cut at once", "http://" + raw(t, says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "")), drillthrough.Checker{}, drillthrough.LinkBody, diagnosis.HTTPResponseIncomplete},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.checker.StepTimeout = upstreamtest.Limit
			if c.want == diagnosis.HTTPResponseHeaderSectionSize {
				c.checker.StepTimeout = 10 * upstreamtest.Limit
			}
			r := c.checker.Check(t.Context(), c.url)
			links := allLinks(r)
			last := links[len(links)-1]
			switch {
			case last.Name != c.link:
				t.Errorf("it ends at %s, want %s:\n%s", last.Name, c.link, tree(t, r))
			case c.want == "" && (r.Result != drillthrough.Warning || len(last.Warnings) == 0):
				t.Errorf("no warning:\n%s", tree(t, r))
			case c.want != "" && (last.Fault == nil || last.Fault.Type != c.want || len(r.Fix) == 0):
				t.Errorf("want %s:\n%s", c.want, tree(t, r))
			}
		})
	}
}

func TestTheCallersContext(t *testing.T) {
	t.Run("ended before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := drillthrough.Check(ctx, "http://127.0.0.1:1/")
		if r.Result != drillthrough.Broken || r.Verdict != "Broken: connect was not finished on 127.0.0.1:1." {
			t.Error(tree(t, r))
		}
	})
	t.Run("ended while it waits for the answer", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		front := web(t, func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		r := drillthrough.Check(ctx, "http://"+front)
		if link, _ := brokenLink(r); link.Name != drillthrough.LinkReceive || !link.Fault.Gone() || !strings.Contains(link.Fault.Cause, "the check itself was ended") {
			t.Error(tree(t, r))
		}
	})
	t.Run("a deadline is a timeout", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), upstreamtest.Limit)
		defer cancel()
		r := drillthrough.Check(ctx, "http://"+raw(t, func(c net.Conn) { _, _ = bufio.NewReader(c).ReadString(0) }))
		if link, _ := brokenLink(r); link.Fault == nil || link.Fault.Type != diagnosis.HTTPResponseTimeout {
			t.Error(tree(t, r))
		}
	})
}

// TestServersThatGreetFirst: what comes before the request is told as what it is, always.
func TestServersThatGreetFirst(t *testing.T) {
	for _, c := range []struct{ name, greeting, says string }{
		{"SSH", "SSH-2.0-OpenSSH_9.9\r\n", "an SSH server listens there"},
		{"a mail server", "220 mail.example ESMTP ready\r\n", "SMTP"},
		{"MySQL", "J\x00\x00\x00\n8.4.3\x00" + strings.Repeat("x", 20) + "\n", "a MySQL server"},
		{"escape sequences", "\x1b]0;owned\x07\u009b2J\r\n", "does not speak HTTP/1.1 on this port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			port := raw(t, func(conn net.Conn) {
				_, _ = conn.Write([]byte(c.greeting))
				_, _ = conn.Read(make([]byte, 4096))
			})
			r := drillthrough.Check(t.Context(), "http://"+port)
			text := tree(t, r)
			link, _ := brokenLink(r)
			if link.Fault == nil || link.Fault.Type != diagnosis.HTTPProtocolError || !strings.Contains(text, c.says) {
				t.Error(text)
			}
			if strings.ContainsAny(text, "\x1b\x07\u009b") {
				t.Errorf("control characters get through: %q", text)
			}
		})
	}
}

// TestTLSOnAPlainPort: the servers of a polite and of a silent kind.
func TestTLSOnAPlainPort(t *testing.T) {
	config, _ := authority(t, forYears())
	for _, c := range []struct{ name, port string }{
		{"one that answers 400", secure(t, config, false)},
		{"one that hangs up", raw(t, func(conn net.Conn) {
			if tls.Server(conn, config).Handshake() == nil {
				_, _ = conn.Read(make([]byte, 1))
			}
		})},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := drillthrough.Check(t.Context(), "http://"+c.port)
			if link, _ := brokenLink(r); link.Name != drillthrough.LinkReceive || !strings.Contains(strings.Join(r.Fix, ""), "use https://") {
				t.Error(tree(t, r))
			}
		})
	}
}

func TestJSON(t *testing.T) {
	checker := drillthrough.Checker{Resolver: names{"shop.example": {"192.0.2.1"}}, Dial: routes{"192.0.2.1:80": startCase(t, "connection_refused").URL.Host}.dial}
	text, err := json.Marshal(checker.Check(t.Context(), "http://shop.example/"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Result    string
		Took      float64 `json:"took_ms"`
		Addresses []struct {
			Hops []struct {
				Links []struct {
					Name, Result string
					Took         float64 `json:"took_ms"`
					Fault        struct{ Error, Phase, Party, Outcome, Hint, Cause string }
				}
			}
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	link := got.Addresses[0].Hops[0].Links[0]
	if got.Result != "broken" || got.Took <= 0 || link.Name != "connect" || link.Took <= 0 || link.Fault.Error != "connection_refused" ||
		link.Fault.Phase != "connect" || link.Fault.Outcome != "not_sent" || link.Fault.Hint == "" || link.Fault.Cause == "" {
		t.Errorf("%s", text)
	}
}
