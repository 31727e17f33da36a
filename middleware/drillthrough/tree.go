package drillthrough

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// WriteTree writes the report for people: each link on a line of its own, then the
// verdict and what to fix. Colours are escape sequences of terminals.
func (r Report) WriteTree(w io.Writer, colour bool) error {
	t := &tree{colour: colour}
	t.line("", t.bold(r.URL))
	if r.Lookup != nil {
		t.link(branch{last: len(r.Addresses) == 0}, *r.Lookup)
	}
	for i, a := range r.Addresses {
		t.address(i == len(r.Addresses)-1, r.URL, a)
	}
	t.line("", "")
	t.line("", t.mark(r.Result)+" "+t.bold(r.Verdict))
	for _, text := range r.Fix {
		t.line("", "  Fix: "+text)
	}
	_, err := w.Write(t.out.Bytes())
	return err
}

// A tree is written line by line.
type tree struct {
	out    bytes.Buffer
	colour bool
}

// A branch is where a node hangs.
type branch struct {
	above string // the lines that pass by on its left
	last  bool   // nothing comes below it on the same level
}

func (b branch) knot() string {
	if b.last {
		return b.above + "└─ "
	}
	return b.above + "├─ "
}

// under is what stands in front of all that hangs from the node.
func (b branch) under() string {
	if b.last {
		return b.above + "   "
	}
	return b.above + "│  "
}

// in is what stands in front of a node's own further lines.
func (b branch) in() string {
	return b.under() + strings.Repeat(" ", len("✓ receive 00.00 ms  ")-len("✓")+1)
}

func (t *tree) line(before, text string) {
	t.out.WriteString(strings.TrimRight(before+text, " ") + "\n")
}

func (t *tree) address(last bool, url string, a Address) {
	b := branch{last: last}
	t.line(b.knot(), t.mark(a.Result)+" "+t.bold(a.Address))
	below := branch{above: b.under()}
	for i, hop := range a.Hops {
		if hop.URL != url || i > 0 {
			t.line(below.above, t.faint("→ "+hop.URL))
		}
		for j, link := range hop.Links {
			below.last = j == len(hop.Links)-1 && i == len(a.Hops)-1
			t.link(below, link)
		}
	}
}

func (t *tree) link(b branch, l Link) {
	lines := l.lines()
	if l.Fault != nil {
		lines = append([]string{t.red(l.Fault.word())}, lines...)
	}
	head := fmt.Sprintf("%s %-7s %8s  ", t.mark(l.Result), l.Name, inShort(l.Took))
	t.line(b.knot(), head+strings.Join(lines[:min(1, len(lines))], ""))
	for _, text := range lines[min(1, len(lines)):] {
		t.line(b.in(), text)
	}
	for _, text := range l.Warnings {
		t.line(b.in(), t.yellow(text))
	}
	if l.Fault != nil && l.Fault.Cause != "" && l.Fault.ReceivedStatus == 0 { // else it stands above
		t.line(b.in(), t.faint(l.Fault.Cause))
	}
}

// lines are what is told of a link, the most important first.
func (l Link) lines() (lines []string) {
	switch {
	case l.Lookup != nil:
		lines = l.Lookup.lines()
	case l.TLS != nil:
		lines = l.TLS.lines()
	case l.Answer != nil:
		lines = l.Answer.lines()
	case l.Body != nil:
		lines = l.Body.lines()
	}
	return append(lines, l.Notes...)
}

func (l Lookup) lines() (lines []string) {
	lines = append(lines, strings.Join(append(append([]string{}, l.IPv4...), l.IPv6...), ", "))
	if l.CNAME != "" {
		lines = append(lines, "stands for "+l.CNAME)
	}
	return lines
}

func (s TLS) lines() (lines []string) {
	if s.Version != "" {
		lines = append(lines, s.Version+", "+cmp.Or(s.ALPN, "no ALPN"))
	}
	for i, c := range s.Certificates {
		if i == 0 {
			lines = append(lines, c.line("certificate "), s.fit())
			continue
		}
		lines = append(lines, c.line("then "))
	}
	return lines
}

func (c Certificate) line(what string) string {
	left := days(c.DaysLeft) + " left"
	if c.DaysLeft < 0 {
		left = "ended"
	}
	return fmt.Sprintf("%s%s by %s, %s to %s, %s", what, c.Subject, c.Issuer, c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly), left)
}

// fit says whether the first certificate is the right one.
func (s TLS) fit() string {
	text := "it is for " + s.ServerName
	if !s.NameFits {
		text = "it is not for " + s.ServerName
		if names := s.Certificates[0].Names; len(names) > 0 {
			text += " but for " + strings.Join(names, ", ")
		}
	}
	if s.Trusted {
		return text + ", from an authority that is trusted"
	}
	return text + ", from no authority that is trusted"
}

func (a Answer) lines() (lines []string) {
	lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status)))+", "+a.Protocol)
	if a.Location != "" {
		lines = append(lines, "redirects to "+a.Location)
	}
	var way []string
	for _, g := range a.Via {
		way = append(way, strings.TrimSpace(g.Name+" ("+g.Protocol+") "+g.Comment))
	}
	if a.Server != "" {
		way = append(way, a.Server+" (Server)")
	}
	if len(way) > 0 {
		lines = append(lines, "by way of "+strings.Join(way, " → "))
	}
	for _, g := range a.ProxyStatus {
		lines = append(lines, g.line())
	}
	return lines
}

// line is what a gateway says in Proxy-Status.
func (g Gateway) line() string {
	text := g.Name + " says: " + cmp.Or(g.Error, "no error")
	if g.ReceivedStatus != 0 {
		text += fmt.Sprintf(", got status %d", g.ReceivedStatus)
	}
	if g.NextHop != "" {
		text += ", from " + g.NextHop
	}
	if g.Details != "" {
		text += ", " + g.Details
	}
	return text
}

func (b Body) lines() []string {
	text := fmt.Sprintf("%d bytes", b.Bytes)
	switch {
	case b.Complete:
		text += ", complete"
	case b.Declared >= 0:
		text += fmt.Sprintf(" of %d", b.Declared)
	}
	return []string{text}
}

func (t *tree) mark(r Result) string {
	switch r {
	case OK:
		return t.paint("32", "✓")
	case Warning:
		return t.paint("33", "!")
	}
	return t.paint("31", "✗")
}

func (t *tree) bold(text string) string   { return t.paint("1", text) }
func (t *tree) faint(text string) string  { return t.paint("2", text) }
func (t *tree) red(text string) string    { return t.paint("31", text) }
func (t *tree) yellow(text string) string { return t.paint("33", text) }

func (t *tree) paint(code, text string) string {
	if !t.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
