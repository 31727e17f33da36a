package drillthrough

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A Resolver looks names up, as [net.Resolver] does.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupCNAME(ctx context.Context, host string) (string, error)
}

// addresses returns those to walk to, and notes how they were found.
func (c *Checker) addresses(ctx context.Context, host string, r *Report) []netip.Addr {
	if literal, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{literal.Unmap()}
	}
	link, addresses := c.lookUp(ctx, host)
	r.Lookup = &link
	return addresses
}

// found is what was found of one kind of address.
type found struct {
	addresses []netip.Addr
	err       error
}

func (c *Checker) lookUp(ctx context.Context, host string) (Link, []netip.Addr) {
	s := c.step(ctx)
	defer s.end()
	began := time.Now()
	resolver := c.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	var ip4, ip6 found
	var cname string
	var all sync.WaitGroup
	all.Go(func() { ip4 = lookUpKind(s.ctx, resolver, "ip4", host) })
	all.Go(func() { ip6 = lookUpKind(s.ctx, resolver, "ip6", host) })
	all.Go(func() { cname = lookUpCNAME(s.ctx, resolver, host) })
	all.Wait()
	addresses := slices.Concat(ip4.addresses, ip6.addresses)
	if len(addresses) == 0 {
		return broken(LinkLookup, time.Since(began), s.fault(worseLookup(ip4.err, ip6.err), diagnosis.Facts{Step: diagnosis.StepLookup, Attempts: 1})), nil
	}
	link := held(LinkLookup, time.Since(began))
	link.Lookup = &Lookup{Name: printable(host, shortText), CNAME: cname, IPv4: texts(ip4.addresses), IPv6: texts(ip6.addresses)}
	link.warnOfKind("A", ip4.err)
	link.warnOfKind("AAAA", ip6.err)
	if limit := c.addressLimit(); len(addresses) > limit {
		link.warn(fmt.Sprintf("the name has %d addresses, of which the first %d are tried", len(addresses), limit))
		addresses = addresses[:limit]
	}
	return link, addresses
}

func lookUpKind(ctx context.Context, resolver Resolver, network, host string) (f found) {
	all, err := await(ctx, func() ([]netip.Addr, error) { return resolver.LookupNetIP(ctx, network, host) }, func([]netip.Addr) {})
	for _, a := range all {
		if a = a.Unmap(); !slices.Contains(f.addresses, a) {
			f.addresses = append(f.addresses, a)
		}
	}
	f.err = err
	return f
}

// lookUpCNAME returns what is good to know and not worth a long wait.
func lookUpCNAME(ctx context.Context, resolver Resolver, host string) string {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	cname, err := await(ctx, func() (string, error) { return resolver.LookupCNAME(ctx, host) }, func(string) {})
	if cname = strings.TrimSuffix(cname, "."); err != nil || strings.EqualFold(cname, strings.TrimSuffix(host, ".")) {
		return ""
	}
	return printable(cname, shortText)
}

// worseLookup returns the error that says more: that one kind of address does not exist
// is usual.
func worseLookup(ip4, ip6 error) error {
	switch {
	case ip4 == nil && ip6 == nil:
		return &net.DNSError{Err: "no address came", IsNotFound: true}
	case ip4 == nil || notFound(ip4) && ip6 != nil:
		return ip6
	}
	return ip4
}

func notFound(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

// warnOfKind warns where one kind of address is there and the other could not be asked for.
func (l *Link) warnOfKind(kind string, err error) {
	var wrongKind *net.AddrError // how a resolver says that there is none
	if err != nil && !notFound(err) && !errors.As(err, &wrongKind) {
		l.warn("the look-up of " + kind + " records failed: " + printable(err.Error(), longText))
	}
}

// maxListed is how many addresses, certificates, names or gateways a report lists.
const maxListed = 20

func texts(addresses []netip.Addr) (list []string) {
	for _, a := range addresses[:min(len(addresses), maxListed)] {
		list = append(list, printable(a.String(), shortText))
	}
	return list
}
