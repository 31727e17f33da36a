package pages

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/pages/internal/look"
)

// Sources are origins that slots may load from, added to the page's Content-Security-
// Policy. The page itself needs none: with any, loading it takes more than one request,
// and a picture from the site that is down will not come.
type Sources struct {
	Img, Font []string // such as "https://cdn.example.net" or "data:"
	Style     []string // such as "'sha256-…'", the hash of a style element in a slot
	Connect   []string // such as "https://status.example.net"
}

var (
	originSource = regexp.MustCompile(`^(https|wss)://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?(/[A-Za-z0-9._~/%-]*)?$`)
	hashSource   = regexp.MustCompile(`^'sha(256|384|512)-[A-Za-z0-9+/]+={0,2}'$`)
	directive    = regexp.MustCompile(`^[a-z-]+( [!-+\--:<-~]+)*$`) // visible ASCII without "," and ";"
)

// lists are the sources with their directives, in the order of the policy.
func (s Sources) lists() []struct {
	field, directive string
	sources          []string
} {
	return []struct {
		field, directive string
		sources          []string
	}{{"Img", "img-src", s.Img}, {"Font", "font-src", s.Font}, {"Style", "style-src", s.Style}, {"Connect", "connect-src", s.Connect}}
}

// validate calls fault for each source that is not taken.
func (s Sources) validate(fault func(field, value, want string)) {
	for _, l := range s.lists() {
		for _, source := range l.sources {
			if sourceFault := checkSource(l.directive, source); sourceFault != nil {
				fault("CSP."+l.field, source, sourceFault.Error())
			}
		}
	}
}

func checkSource(directive, source string) error {
	scheme, _, _ := strings.Cut(source, ":")
	switch {
	case source == "'self'":
		return nil
	case originSource.MatchString(source) && (scheme == "https" || directive == "connect-src"):
		return nil
	case source == "data:" && (directive == "img-src" || directive == "font-src"):
		return nil
	case hashSource.MatchString(source) && directive == "style-src":
		return nil
	case strings.Contains(source, "unsafe"):
		return errors.New("that would let in anything: use the hash of the element, or [Brand.Page] with a policy of its own")
	}
	return fmt.Errorf("want a source of %s such as https://cdn.example.net", directive)
}

// A policySet is the Content-Security-Policy of each kind of page of one site. The last
// one, of pages that can ask their gateway, ends with the sources that the script may ask,
// to be continued.
type policySet struct{ page, frame, scripted, asking string }

// policies writes the set. The empty icon is a data URI: without it browsers ask for
// /favicon.ico, and Firefox complains when the policy forbids that.
func policies(styles []string, more Sources) policySet {
	hashes := make([]string, len(styles))
	for i, block := range styles {
		hashes[i] = cspHash(block)
	}
	write := func(more Sources, formAction string) string {
		return "default-src 'none'" + sourceList("img-src", []string{"data:"}, more.Img) + sourceList("font-src", nil, more.Font) +
			sourceList("style-src", hashes, more.Style) + "; base-uri 'none'; form-action " + formAction
	}
	const alone = "; frame-ancestors 'none'"
	script, connect := alone+"; script-src "+scriptHash, sourceList("connect-src", nil, more.Connect)
	return policySet{
		page:     write(more, "'none'") + alone + connect,
		frame:    write(Sources{}, "'none'"),
		scripted: write(more, "'none'") + script + connect,
		asking:   write(more, "'self'") + script + sourceList("connect-src", []string{"'self'"}, more.Connect),
	}
}

// CSP is the Content-Security-Policy that the built-in page of a view is made for. Any
// page may show a frame: its visitors see the failure instead of a warning of the browser, and
// a frame has nothing to click by mistake. Without a language it fits the pages in all of them, for
// files that a server sends with one policy.
func (s *Site) CSP(v View) string {
	if v.Language != nil {
		return allowStyle(s.policy(v), look.WritingOf(v.Language.Tag))
	}
	policy := s.policy(v)
	for _, block := range look.Writings() {
		policy = allowStyle(policy, block)
	}
	return policy
}

func (s *Site) policy(v View) string {
	switch {
	case v.Frame:
		return s.policies.frame
	case !v.scripted():
		return s.policies.page
	case v.Status != "" || v.ClearCache != "":
		return s.policies.asking + v.canaries.sourceList()
	}
	return s.policies.scripted
}

// allowStyle adds a style block to a policy of ours; an empty one is none.
func allowStyle(policy, block string) string {
	if block == "" {
		return policy
	}
	const directive = "; style-src "
	return strings.Replace(policy, directive, directive+cspHash(block)+" ", 1)
}

// sourceList writes a directive with each source once; nothing where there is none.
func sourceList(directive string, ours, more []string) string {
	list := slices.Clone(ours)
	for _, source := range more {
		if !slices.Contains(list, source) {
			list = append(list, source)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "; " + directive + " " + strings.Join(list, " ")
}

// checkPolicy looks at the form of a whole policy, not at what it allows.
func checkPolicy(policy string) error {
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(policy), ";"), ";") {
		if !directive.MatchString(strings.TrimSpace(part)) {
			return errors.New("want directives separated by semicolons, such as default-src 'none'; style-src 'self'")
		}
	}
	return nil
}

// cspHash is the source expression that allows an inline block (CSP Level 3 §2.3.1).
func cspHash(block string) string {
	sum := sha256.Sum256([]byte(block))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
