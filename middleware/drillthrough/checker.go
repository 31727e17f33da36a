package drillthrough

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

const (
	defaultStepTimeout = 5 * time.Second
	defaultAddresses   = 16
	atOnce             = 4 // addresses that are walked at the same time
)

// A Checker checks upstreams. The zero value is ready to use.
type Checker struct {
	Resolver    Resolver                                                             // default: [net.DefaultResolver]
	Dial        func(ctx context.Context, network, address string) (net.Conn, error) // gets IP address and port; default: a [net.Dialer]
	TLS         *tls.Config                                                          // default: the system's authorities; its Time is the clock for certificates
	StepTimeout time.Duration                                                        // longest time for each link; default: 5 seconds
	NoRequest   bool                                                                 // stop before the request: only look up, connect, and the TLS handshake
	Addresses   int                                                                  // how many addresses of the name are walked; default: 16
}

// Check walks to url with a zero [Checker].
func Check(ctx context.Context, url string) Report { return new(Checker).Check(ctx, url) }

// Check walks to url, which begins with http:// or https://, on every address of its
// name, without any proxy. It sends GET requests without credentials, follows redirects
// on the same host only, and reads little of each answer. It returns when all is walked
// or ctx ends.
func (c *Checker) Check(ctx context.Context, url string) (r Report) {
	r.Began = time.Now()
	defer func() { r.Took = time.Since(r.Began) }()
	target, err := parse(url)
	if err != nil {
		r.URL = printable(url, longText)
		r.Fault = newFault(&diagnosis.Error{Type: diagnosis.ProxyConfigurationError, NotSent: true, Hint: hintURL, Err: err}, diagnosis.Facts{NotTried: true})
		r.judge()
		return r
	}
	r.URL = printable(target.String(), longText)
	addresses := c.addresses(ctx, target.Hostname(), &r)
	r.Addresses = c.walkAll(ctx, target, addresses)
	r.judge()
	return r
}

const hintURL = "write the URL as http://HOST:PORT/PATH or https://HOST/PATH"

// parse reads a URL. What could be a secret in front of the host is dropped.
func parse(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	tidy(u)
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%q does not begin with http:// or https://", text)
	case u.Hostname() == "":
		return nil, fmt.Errorf("%q has no host", text)
	case !isASCII(u.Host):
		return nil, fmt.Errorf("%q: write the host as it stands in DNS, with xn--", text)
	}
	if _, err := strconv.ParseUint(port(u), 10, 16); err != nil {
		return nil, fmt.Errorf("%q: the port is not between 0 and 65535", text)
	}
	return u, nil
}

// tidy drops what is not sent, and writes the rest as it is sent.
func tidy(u *url.URL) {
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	u.Path = cmp.Or(u.Path, "/")
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// port is the port of the URL, or of its scheme.
func port(u *url.URL) string {
	if u.Scheme == "https" {
		return cmp.Or(u.Port(), "443")
	}
	return cmp.Or(u.Port(), "80")
}

// walkAll walks to all addresses, some at the same time.
func (c *Checker) walkAll(ctx context.Context, target *url.URL, addresses []netip.Addr) []Address {
	walked := make([]Address, len(addresses))
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, address := range addresses {
		slots <- struct{}{}
		all.Go(func() {
			walked[i] = c.walk(ctx, target, address)
			<-slots
		})
	}
	all.Wait()
	return walked
}

func (c *Checker) stepTimeout() time.Duration {
	if c.StepTimeout <= 0 {
		return defaultStepTimeout
	}
	return c.StepTimeout
}

func (c *Checker) addressLimit() int {
	if c.Addresses <= 0 {
		return defaultAddresses
	}
	return c.Addresses
}

// doing is do, in whose goroutine nobody else would recover: a dialler, a resolver and
// functions of a tls.Config are the caller's.
func doing[T any](do func() (T, error)) (value T, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return do()
}

// grace is how long a step may take to tell its own error after its time was up.
const grace = 200 * time.Millisecond

// await runs do, which should end with ctx. If it does not, that is no reason to wait for
// it: what it still returns goes to late.
func await[T any](ctx context.Context, do func() (T, error), late func(T)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done, left := make(chan outcome), make(chan struct{})
	go func() {
		value, err := doing(do)
		select {
		case done <- outcome{value, err}:
		case <-left:
			late(value)
		}
	}()
	defer close(left)
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case o := <-done:
		return o.value, o.err
	case <-timer.C:
		var none T
		return none, context.Cause(ctx)
	}
}
