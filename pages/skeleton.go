package pages

import (
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"regexp"
	"slices"
	"sync/atomic"
	"unsafe"
)

// A skeleton is the pages of one variant: pieces, and places for facts between them.
type skeleton struct {
	variant variant
	pieces  []*piece // of all runs
	runs    []run    // none: pages of the variant must be rendered
	policy  string

	plain, packed int // bytes of all pieces

	// links and all are those of the view. The variant has a hash of them.
	links []Link
	all   string

	used atomic.Bool // since the store looked last
}

// A run is some pieces with the place that follows them; the last one has none.
type run struct {
	place
	end   int // of its pieces
	crc   uint32
	shift shift // past the pieces
}

// maxPage is the longest page that is prepared. Only slots can make one longer.
const maxPage = 256 << 10

var errUnprepared = errors.New("pages: the page cannot be cut into pieces")

// borders are where text is cut between places, too: more of it is shared then, and it is
// compressed less well. To cut elsewhere changes no page.
var borders = regexp.MustCompile(`<style>|</head>|<main|<div class="under">|<fieldset |<script>`)

// draft renders a page of the variant, with marks in the place of its facts.
func (s *Site) draft(ctx context.Context, k *variant, links []Link, all string) (page, policy string, err error) {
	v := k.view()
	v.Languages, v.AllLanguages = links, all
	p := s.pageOf(v, k.marks(v.site(&s.brand)))
	if !v.Frame {
		if p.slots, err = s.slots(ctx, v); err != nil {
			return "", "", err
		}
	}
	var b bytes.Buffer
	b.Grow(32 << 10)
	err = p.template().Render(ctx, &b)
	return b.String(), s.CSP(p.View), err
}

// newSkeleton cuts a draft. intern gives the piece of a text.
func newSkeleton(draft string, intern func(text string) (*piece, error)) (*skeleton, error) {
	list, ok := stretches(draft)
	if !ok || len(draft) > maxPage {
		return nil, errUnprepared
	}
	k := &skeleton{runs: make([]run, 0, len(list))}
	for _, stretch := range list {
		for _, text := range sections(stretch.text) {
			p, err := intern(text)
			if err != nil {
				return nil, err
			}
			k.pieces = append(k.pieces, p)
			k.packed += len(p.packed)
		}
		k.plain += len(stretch.text)
		k.runs = append(k.runs, run{
			place: stretch.place, end: len(k.pieces), crc: crc32.ChecksumIEEE([]byte(stretch.text)), shift: shiftOf(len(stretch.text)),
		})
	}
	k.pieces = slices.Clip(k.pieces)
	return k, nil
}

// sections cuts constant text at the borders. Empty text has none.
func sections(text string) []string {
	var list []string
	for _, at := range slices.Backward(borders.FindAllStringIndex(text, -1)) {
		if at[0] > 0 {
			text, list = text[:at[0]], append(list, text[at[0]:])
		}
	}
	if text != "" {
		list = append(list, text)
	}
	slices.Reverse(list)
	return list
}

// weight is what a skeleton takes of memory without its pieces, about.
func (k *skeleton) weight() int {
	n := int(unsafe.Sizeof(*k)+unsafe.Sizeof(variant{})) + 128 + len(k.runs)*int(unsafe.Sizeof(run{})) + len(k.pieces)*8 + len(k.policy) + len(k.all)
	for _, link := range k.links {
		n += int(unsafe.Sizeof(link)) + len(link.URL)
	}
	return n
}

// fits reports that the links of a view are those of the skeleton.
func (k *skeleton) fits(v *View) bool {
	return k.all == v.AllLanguages && slices.Equal(k.links, v.Languages)
}
