package browsertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sync"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// An entry is one failure in the gallery.
type entry struct{ upstreamtest.Case }

func (e entry) path() string { return "/failure/" + e.Name }

// theirs reports a fault on the visitor's side of the gateway: there the cycle towards
// the site does not matter, nor whether other sites work.
func (e entry) theirs() bool {
	return e.Want.Party == diagnosis.Visitor || e.Want.Party == diagnosis.Network
}

var linkToFailure = regexp.MustCompile(`href="/failure/([a-z0-9_]+)"`)

// theGallery reads the links of the gallery's index.
var theGallery = sync.OnceValues(func() ([]entry, error) {
	p, err := theProgram()
	if err != nil {
		return nil, err
	}
	index, err := within(func(ctx context.Context) ([]byte, error) { return get(ctx, p.url+"/") })
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, link := range linkToFailure.FindAllStringSubmatch(string(index), -1) {
		i := slices.IndexFunc(upstreamtest.Cases(), func(c upstreamtest.Case) bool { return c.Name == link[1] })
		if i < 0 {
			return nil, fmt.Errorf("the gallery shows %q, which is no case", link[1])
		}
		all = append(all, entry{upstreamtest.Cases()[i]})
	}
	return all, nil
})

func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}

// entries returns all entries of the gallery.
func (v *visitor) entries() []entry {
	v.Helper()
	all, err := theGallery()
	if err != nil {
		v.Fatal(err)
	}
	return all
}
