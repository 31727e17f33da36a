package middleware_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// A town is a gateway before several upstreams, behind a proxy that tells visitors apart.
type town struct {
	t         *testing.T
	gateway   string
	client    *http.Client
	incidents <-chan *middleware.Incident
	behind    bool // the proxy in front tells who the visitor is
}

// newTown starts it. The name of an upstream says how it behaves: works.… answers, breaks
// off where a request has the field X-Break, and takes a status from X-Status; refuses.…, silent.…, unroutable.… and
// unknown.… cannot be connected to.
func newTown(t *testing.T, side diagnosis.Side) *town {
	t.Helper()
	up := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status, err := strconv.Atoi(r.Header.Get("X-Status")); err == nil {
			http.Error(w, "no", status)
			return
		}
		if r.Header.Get("X-Break") == "" {
			io.WriteString(w, "fine")
			return
		}
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		rw.WriteString("HTTP/1.1 200 OK\r\nContent-Le")
		rw.Flush()
		conn.Close()
	}))
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return dialInTown(ctx, address, strings.TrimPrefix(up.URL, "http://"))
		}},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", r.In.Host
		},
	}
	report, reported := incidents()
	mw := newMiddleware(t, middleware.Config{Side: side, OnFailure: report, Replace: []int{400, 413, 431, 500}})
	here := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	s := serve(t, middleware.TrustProxies(here, mw.Proxy(proxy)))
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	return &town{t: t, gateway: s.URL, client: client, incidents: reported, behind: true}
}

func dialInTown(ctx context.Context, address, working string) (net.Conn, error) {
	dial := new(net.Dialer).DialContext
	behaviour, _, _ := strings.Cut(address, ".")
	switch behaviour {
	case "refuses":
		return dial(ctx, "tcp", strings.TrimPrefix(deadUpstream, "http://"))
	case "silent":
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
	case "unroutable":
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.EHOSTUNREACH}
	case "unknown":
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}}
	}
	return dial(ctx, "tcp", working)
}

// visit sends a request of a visitor; the fields are "Name: value".
func (o *town) visit(visitor int, host string, fields ...string) string {
	o.t.Helper()
	req, err := http.NewRequest(http.MethodGet, o.gateway+"/cart", http.NoBody)
	if err != nil {
		o.t.Fatal(err)
	}
	req.Host = host
	req.Header.Set("Accept", "text/html")
	if o.behind {
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("203.%d.113.%d", visitor/250, visitor%250))
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		req.Header.Set(name, value)
	}
	res, err := o.client.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	select {
	case <-o.incidents:
	default:
	}
	return string(body)
}

// crowd has n visitors make a request each.
func (o *town) crowd(n int, host string, fields ...string) {
	for visitor := range n {
		o.visit(100+visitor, host, fields...)
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// words is what can be read on a page.
func words(page string) string {
	_, body, _ := strings.Cut(page, "<body>")
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, ""))), " ")
}

// TestVerdicts provokes each rule of the decision table that a server can decide, and
// looks for the sentences on the page in three languages.
func TestVerdicts(t *testing.T) {
	takesLong(t)
	t.Parallel()
	const broken, cookies = "X-Break: 1", "Cookie: a="
	big := cookies + strings.Repeat("x", 9<<10)
	for _, c := range []struct {
		name   string
		side   diagnosis.Side
		before func(o *town) // what the gateway saw earlier in this minute
		host   string
		fields []string
		says   []string // message ids
		silent []string // that must not be there
	}{
		{"the upstream says that the head is too large: the cookies", "", nil, "works.test", []string{"X-Status: 431"},
			[]string{"headline.cookies", "verdict.cookies.likely", "do.cookies"}, []string{"verdict.site.sure", "check.title"}},
		{"the upstream cannot read a request with big cookies: the cookies", "", nil, "works.test", []string{"X-Status: 400", big},
			[]string{"verdict.cookies.likely"}, []string{"verdict.site.sure"}},
		{"the upstream cannot read a request: only this request", "", nil, "works.test", []string{"X-Status: 400"},
			[]string{"headline.bad_request", "verdict.visitor.sure"}, []string{"verdict.cookies.likely"}},
		{"the upstream says that the body is too large: only this request", "", nil, "works.test", []string{"X-Status: 413"},
			[]string{"headline.too_big", "verdict.visitor.sure", "do.smaller"}, []string{"verdict.site.sure"}},
		{"the site's own error: the site", "", nil, "works.test", []string{"X-Status: 500"}, []string{"verdict.site.sure"}, []string{"scope.you"}},
		{"again and again only this visitor gets no answer, and his cookies are big: the cookies", "", func(o *town) {
			for range 3 {
				o.visit(1, "works.test", broken, big)
				o.crowd(20, "works.test")
			}
		}, "works.test", []string{broken, big}, []string{"verdict.cookies.likely", "do.cookies", "scope.you"}, []string{"verdict.site.sure"}},
		{"twice only this visitor gets no answer, and his cookies are big: nobody can tell yet", "", func(o *town) {
			o.visit(1, "works.test", broken, big)
			o.crowd(20, "works.test")
		}, "works.test", []string{broken, big}, []string{"verdict.unknown", "scope.you"}, []string{"verdict.site.sure", "verdict.cookies.likely"}},
		{"this visitor gets no answer twice, and others did only before: the site", "", func(o *town) {
			o.crowd(20, "works.test")
			o.visit(1, "works.test", broken, big)
		}, "works.test", []string{broken, big}, []string{"verdict.site.sure"}, []string{"verdict.unknown", "verdict.cookies.likely", "scope.you"}},
		{"only this visitor gets no answer: nobody can tell yet", "", func(o *town) {
			o.visit(1, "works.test", broken)
			o.crowd(20, "works.test")
		}, "works.test", []string{broken}, []string{"verdict.unknown", "scope.you"}, []string{"verdict.site.sure", "verdict.cookies.likely"}},
		{"one failure among many that pass is no pattern: the site", "", func(o *town) {
			o.crowd(20, "works.test")
		}, "works.test", []string{broken}, []string{"verdict.site.sure"}, []string{"scope.you", "scope.some", "scope.others"}},
		{"nobody gets an answer any more: others are affected too", "", func(o *town) {
			o.crowd(1, "works.test")
			o.crowd(10, "works.test", broken)
		}, "works.test", []string{broken}, []string{"verdict.site.sure", "scope.others.since"}, []string{"scope.you", "scope.some"}},
		{"some requests of several visitors fail: only some", "", func(o *town) {
			o.crowd(4, "works.test", broken)
			o.crowd(10, "works.test")
		}, "works.test", []string{broken}, []string{"verdict.site.sure", "scope.some"}, []string{"scope.you", "scope.others"}},
		{"nothing behind the gateway can be reached: the front door", "", func(o *town) {
			for _, host := range []string{"refuses.a.test", "refuses.b.test", "silent.c.test"} {
				o.crowd(3, host)
			}
			o.later()
		}, "refuses.a.test", nil, []string{"headline.gateway", "verdict.front.sure"}, []string{"verdict.site.sure"}},
		{"the name of this upstream is not known, others work: the site", "", func(o *town) {
			o.crowd(3, "works.test")
		}, "unknown.test", nil, []string{"verdict.site.sure"}, []string{"verdict.front.sure"}},
		{"this upstream refuses, others work: the site", "", func(o *town) {
			o.crowd(3, "works.test")
		}, "refuses.test", nil, []string{"verdict.site.sure", "verdict.blameless"}, []string{"verdict.front.sure"}},
		{"this upstream is silent, others work: most likely the site", "", func(o *town) {
			o.crowd(3, "works.test")
		}, "silent.test", nil, []string{"verdict.site.likely"}, []string{"verdict.front.sure", "verdict.blameless"}},
		{"no way to this upstream: most likely the site", "", nil, "unroutable.test", nil, []string{"verdict.site.likely"}, nil},
		{"an answer that breaks off, nothing known of others: the site", "", nil, "works.test", []string{broken}, []string{"verdict.site.sure"}, []string{"scope.you", "scope.others", "scope.some"}},
		{"an office's proxy reaches no site: it, or the provider", diagnosis.SideVisitor, func(o *town) {
			for _, host := range []string{"refuses.a.test", "refuses.b.test", "silent.c.test"} {
				o.crowd(3, host)
			}
			o.later()
		}, "refuses.a.test", nil, []string{"headline.network", "verdict.network.sure"}, []string{"verdict.third.sure", "check.title"}},
		{"an office's proxy reaches only this site not: that site", diagnosis.SideVisitor, func(o *town) {
			o.crowd(3, "works.a.test")
			o.crowd(3, "refuses.test")
			o.later()
		}, "refuses.test", nil, []string{"verdict.third.sure", "do.elsewhere"}, []string{"verdict.network.sure", "check.title"}},
		{"an office's proxy does not find the name, other sites work: a slip, or the site", diagnosis.SideVisitor, func(o *town) {
			o.crowd(3, "works.a.test")
			o.crowd(3, "unknown.test")
			o.later()
		}, "unknown.test", nil, []string{"verdict.third.likely", "do.address"}, []string{"verdict.network.sure"}},
		{"an office's proxy has seen nothing else yet: nobody can tell", diagnosis.SideVisitor, nil,
			"refuses.test", nil, []string{"verdict.unknown", "check.title"}, []string{"verdict.network.sure", "verdict.third.sure"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, tag := range []string{"en", "de", "ar"} {
				o := newTown(t, c.side)
				if c.before != nil {
					c.before(o)
				}
				page := words(o.visit(1, c.host, append(c.fields, "Accept-Language: "+tag)...))
				language := languages(t).Lookup(tag)
				for _, id := range c.says {
					if want := sentence(language, id, c.host); !strings.Contains(page, want) {
						t.Errorf("%s: not said: %s %q in\n%.700s", tag, id, want, page)
					}
				}
				for _, id := range c.silent {
					if text := sentence(language, id, c.host); strings.Contains(page, text) {
						t.Errorf("%s: said: %s %q", tag, id, text)
					}
				}
			}
		})
	}
}

// later waits until the gateway looks at its upstreams again.
func (o *town) later() { time.Sleep(1100 * time.Millisecond) }

func languages(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.New(i18n.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sentence is a message as it can be read; the first words of one with a time.
func sentence(l *i18n.Language, id, site string) string {
	text, _, _ := strings.Cut(l.Text(id, "Site", site, "Time", "\x00"), "\x00")
	return strings.Join(strings.Fields(text), " ")
}

// TestNothingIsSaidOfOthersBehindOneAddress: a thousand visitors behind one peer cannot be
// told apart. Neither by an address of an inner network, nor by one that all share.
func TestNothingIsSaidOfOthersBehindOneAddress(t *testing.T) {
	takesLong(t)
	t.Parallel()
	for name, shared := range map[string]string{
		"an untold load balancer":      "",
		"one public address of a CDN":  "198.51.100.7",
		"one IPv6 network of a CDN":    "2001:db8::7",
		"nothing that is an address":   "unknown",
		"the loopback of this machine": "127.0.0.1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newTown(t, "")
			o.behind = false
			fields := []string{"X-Break: 1"}
			if shared != "" {
				fields = append(fields, "X-Forwarded-For: "+shared)
			}
			var page string
			for range 1000 {
				page = o.visit(1, "works.test", fields...)
			}
			english := languages(t).Lookup("en")
			for _, id := range []string{"scope.others", "scope.some", "scope.you"} {
				if text := sentence(english, id, ""); strings.Contains(words(page), text) {
					t.Errorf("said: %q", text)
				}
			}
		})
	}
}

// TestABrokenUploadIsTheVisitorsLine: the gateway's own time limit ends it, so there is
// somebody to tell.
func TestABrokenUploadIsTheVisitorsLine(t *testing.T) {
	takesLong(t)
	t.Parallel()
	i := slices.IndexFunc(upstreamtest.Cases(), func(c upstreamtest.Case) bool { return c.Name == "http_request_error_408" })
	for _, tag := range []string{"en", "de", "ar"} {
		_, gateway, _ := startCase(t, upstreamtest.Cases()[i])
		res, err := upstreamtest.Cases()[i].Visit(t.Context(), gateway.URL, http.Header{"Accept": {"text/html"}, "Accept-Language": {tag}})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if want := sentence(languages(t).Lookup(tag), "verdict.network.likely", ""); err != nil || !strings.Contains(words(string(body)), want) {
			t.Errorf("%s: no %q, error %v", tag, want, err)
		}
	}
}
