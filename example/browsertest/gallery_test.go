package browsertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// An entry is one failure in the gallery.
type entry struct {
	upstreamtest.Case
	scope scope // the widest one that it stands for
}

func (e entry) path() string { return "/failure/" + e.Name }

// theirs reports a fault on the visitor's side of the gateway: there the cycle towards
// the site does not matter, nor whether other sites work.
func (e entry) theirs() bool {
	return e.Want.Party == diagnosis.Visitor || e.Want.Party == diagnosis.Network
}

var linkToFailure = regexp.MustCompile(`href="/failure/([a-z0-9_]+)"`)

// readIndex returns the entries that the index of the gallery links to.
func readIndex(ctx context.Context, p program) ([]entry, error) {
	index, err := get(ctx, p.url+"/")
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, link := range linkToFailure.FindAllStringSubmatch(index, -1) {
		i := slices.IndexFunc(upstreamtest.Cases(), func(c upstreamtest.Case) bool { return c.Name == link[1] })
		if i < 0 {
			return nil, fmt.Errorf("the gallery shows %q, which is no case", link[1])
		}
		all = append(all, entry{Case: upstreamtest.Cases()[i]})
	}
	return all, nil
}

// get returns the page that a browser would get.
func get(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Sec-Fetch-Dest", "document")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	return string(page), err
}
