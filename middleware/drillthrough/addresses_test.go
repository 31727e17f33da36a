package drillthrough_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
)

func TestSeveralAddresses(t *testing.T) {
	alive, dead := web(t, hello), startCase(t, "connection_refused").URL.Host
	for _, c := range []struct {
		name    string
		lives   []bool // of each address
		result  drillthrough.Result
		verdict string
		fix     string
	}{
		{"all live", []bool{true, true}, drillthrough.OK, "All links hold, on all 2 addresses.", ""},
		{"the second is dead", []bool{true, false}, drillthrough.Warning,
			"Broken on 1 of 2 addresses: connect (connection_refused) on 192.0.2.2:80. The others hold.", "192.0.2.2:80: nothing listens there"},
		{"the first is dead", []bool{false, true}, drillthrough.Warning,
			"Broken on 1 of 2 addresses: connect (connection_refused) on 192.0.2.1:80. The others hold.", "192.0.2.1:80: nothing listens there"},
		{"all are dead", []bool{false, false}, drillthrough.Broken,
			"Broken on all 2 addresses: connect (connection_refused) on 192.0.2.1:80, 192.0.2.2:80.", "192.0.2.1:80, 192.0.2.2:80: nothing listens there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			known, way := names{}, routes{}
			for i, lives := range c.lives {
				ip := fmt.Sprintf("192.0.2.%d", i+1)
				known["www.shop.example"] = append(known["www.shop.example"], ip)
				way[ip+":80"] = map[bool]string{true: alive, false: dead}[lives]
			}
			checker := drillthrough.Checker{Resolver: known, Dial: way.dial}
			r := checker.Check(t.Context(), "http://www.shop.example/")
			if r.Result != c.result || r.Verdict != c.verdict || !strings.HasPrefix(strings.Join(r.Fix, "\n"), c.fix) {
				t.Errorf("got %s, %q, %q", r.Result, r.Verdict, r.Fix)
			}
			if r.Lookup.Lookup.CNAME != "front.shop.example" {
				t.Errorf("the name stands for %q", r.Lookup.Lookup.CNAME)
			}
		})
	}
}

func TestBothKindsOfAddressAreWalked(t *testing.T) {
	alive := web(t, hello)
	checker := drillthrough.Checker{
		Resolver: names{"shop.example": {"2001:db8::1", "192.0.2.1", "192.0.2.1"}}, // one is told twice
		Dial:     routes{"192.0.2.1:8080": alive, "[2001:db8::1]:8080": alive}.dial,
	}
	r := checker.Check(t.Context(), "http://shop.example:8080/")
	if r.Result != drillthrough.OK || len(r.Addresses) != 2 || !slices.Equal(r.Lookup.Lookup.IPv6, []string{"2001:db8::1"}) {
		t.Error(tree(t, r))
	}
}

// halfResolver finds A records and fails for AAAA.
type halfResolver struct{ names }

func (h halfResolver) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if network == "ip6" {
		return nil, &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}
	}
	return h.names.LookupNetIP(ctx, network, host)
}

func TestAHalfFailedLookUpIsWarnedOf(t *testing.T) {
	checker := drillthrough.Checker{Resolver: halfResolver{names{"shop.example": {"192.0.2.1"}}}, Dial: routes{"192.0.2.1:80": web(t, hello)}.dial}
	r := checker.Check(t.Context(), "http://shop.example/")
	if r.Result != drillthrough.Warning || !strings.Contains(r.Verdict, "AAAA records failed: lookup shop.example: server misbehaving") {
		t.Error(tree(t, r))
	}
}

func TestManyAddresses(t *testing.T) {
	known := names{}
	for i := range 30 {
		known["shop.example"] = append(known["shop.example"], fmt.Sprintf("192.0.2.%d", i+1))
	}
	var now, most, all atomic.Int32
	free := make(chan struct{})
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if all.Add(1) == 4 {
			close(free) // all four are here
		}
		select {
		case <-free:
		case <-ctx.Done():
		}
		return nil, errors.New("no")
	}
	checker := drillthrough.Checker{Resolver: known, Dial: dial}
	r := checker.Check(t.Context(), "http://shop.example/")
	if len(r.Addresses) != 16 || all.Load() != 16 || most.Load() != 4 {
		t.Errorf("%d addresses, %d dialled, %d at once; want 16, 16, 4", len(r.Addresses), all.Load(), most.Load())
	}
	if !strings.Contains(r.Verdict, "the name has 30 addresses, of which the first 16 are tried") {
		t.Error(r.Verdict)
	}
	checker.Addresses = 2
	if r := checker.Check(t.Context(), "http://shop.example/"); len(r.Addresses) != 2 {
		t.Errorf("%d addresses with a limit of 2", len(r.Addresses))
	}
}
