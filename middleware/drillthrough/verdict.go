package drillthrough

import (
	"fmt"
	"slices"
	"strings"
)

// judge sums the report up.
func (r *Report) judge() {
	switch {
	case r.Fault != nil:
		r.Result, r.Verdict = Broken, "This URL cannot be checked: "+r.Fault.Cause+"."
		r.Fix = hints(r.Fault)
	case len(r.Addresses) == 0:
		r.Result, r.Verdict = Broken, "Broken: "+r.Lookup.trouble()+"."
		r.Fix = hints(r.Lookup.Fault)
	default:
		r.judgeAddresses()
	}
}

func hints(f *Fault) []string {
	if f.Hint == "" {
		return nil
	}
	return []string{f.Hint}
}

func (r *Report) judgeAddresses() {
	var troubles, fixes groups
	failed, all := 0, len(r.Addresses)
	for _, a := range r.Addresses {
		if a.Result != Broken {
			continue
		}
		failed++
		link := a.brokenLink()
		troubles.add(link.trouble(), a.Address)
		fixes.add(link.Fault.Hint, a.Address)
	}
	switch {
	case failed == 0 && all == 1:
		r.Result, r.Verdict = OK, "All links hold."
	case failed == 0:
		r.Result, r.Verdict = OK, fmt.Sprintf("All links hold, on all %d addresses.", all)
	case failed < all:
		r.Result = Warning
		r.Verdict = fmt.Sprintf("Broken on %d of %d addresses: %s. The others hold.", failed, all, troubles.named())
	case all == 1:
		r.Result, r.Verdict = Broken, "Broken: "+troubles.named()+"."
	default:
		r.Result, r.Verdict = Broken, fmt.Sprintf("Broken on all %d addresses: %s.", all, troubles.named())
	}
	if refused := r.refused(); refused != 0 && failed < all {
		r.Verdict += fmt.Sprintf(" The upstream answers %d.", refused)
	}
	r.Fix = fixes.list(all > 1)
	if warnings := r.warnings(); len(warnings) > 0 {
		r.Result = r.Result.worse(Warning)
		r.Verdict += " Warning: " + strings.Join(warnings, "; ") + "."
	}
}

// refused is the first 4xx that a request ended with; 0: none did. Such an answer may be
// what is wanted, so no link is broken.
func (r *Report) refused() int {
	for _, a := range r.Addresses {
		for _, link := range a.Hops[len(a.Hops)-1].Links {
			if link.Answer != nil && link.Answer.Status >= 400 && link.Answer.Status < 500 && link.Result != Broken {
				return link.Answer.Status
			}
		}
	}
	return 0
}

func (a Address) brokenLink() Link {
	for _, hop := range a.Hops {
		for _, link := range hop.Links {
			if link.Result == Broken {
				return link
			}
		}
	}
	return Link{}
}

// trouble says in a few words what is broken about a link.
func (l Link) trouble() string {
	switch {
	case l.Fault.Gone():
		return string(l.Name) + " was not finished"
	case l.Fault.ReceivedStatus != 0 && l.Fault.Type == "":
		return fmt.Sprintf("the upstream itself answers %d", l.Fault.ReceivedStatus)
	case l.Fault.ReceivedStatus != 0:
		return fmt.Sprintf("%s behind the upstream (it answers %d)", l.Fault.Type, l.Fault.ReceivedStatus)
	}
	return string(l.Name) + " (" + string(l.Fault.Type) + ")"
}

// groups are texts, each with the addresses that it holds for.
type groups []struct{ text, addresses string }

func (g *groups) add(text, address string) {
	for i := range *g {
		if (*g)[i].text == text {
			(*g)[i].addresses += ", " + address
			return
		}
	}
	if text != "" {
		*g = append(*g, struct{ text, addresses string }{text, address})
	}
}

func (g groups) named() string {
	var parts []string
	for _, e := range g {
		parts = append(parts, e.text+" on "+e.addresses)
	}
	return strings.Join(parts, "; ")
}

func (g groups) list(addressed bool) (lines []string) {
	for _, e := range g {
		if addressed {
			e.text = e.addresses + ": " + e.text
		}
		lines = append(lines, e.text)
	}
	return lines
}

// warnings are those of all links, each once.
func (r *Report) warnings() (all []string) {
	add := func(l Link) {
		for _, text := range l.Warnings {
			if !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	if r.Lookup != nil {
		add(*r.Lookup)
	}
	for _, a := range r.Addresses {
		for _, hop := range a.Hops {
			for _, link := range hop.Links {
				add(link)
			}
		}
	}
	return all
}
