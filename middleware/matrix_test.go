package middleware_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
)

// TestMatrix asks in the form of each client, with each method, over each protocol, for
// what fails in each way, and holds every answer against what is right for it.
func TestMatrix(t *testing.T) {
	takesLong(t)
	t.Parallel()
	table := &matrix{cells: map[place]string{}}
	t.Cleanup(func() { t.Log(table) })
	for _, o := range outages {
		for _, p := range protocols {
			t.Run(o.name+" over "+p.name, func(t *testing.T) {
				t.Parallel()
				table.fill(t, o, p)
			})
		}
	}
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}

// A combination is one request of the matrix.
type combination struct {
	visitor  visitor
	method   string
	outage   outage
	protocol protocol
}

// A place is the place of a combination in the table.
type place struct{ visitor, method, outage, protocol string }

// A matrix is what was found, to be printed.
type matrix struct {
	mu    sync.Mutex
	cells map[place]string
	wrong int
}

// fill makes all requests for one outage over one protocol, the visitors side by side.
func (m *matrix) fill(t *testing.T, o outage, p protocol) {
	ask := p.connect(t, o.start(t))
	var work sync.WaitGroup
	for _, v := range visitors {
		work.Go(func() {
			var get reply
			for _, method := range methods {
				c := combination{v, method, o, p}
				if word := p.leavesOut(v); word != "" {
					m.set(c, "", word)
					continue
				}
				got := ask(method, c.body(), c.fields())
				if method == http.MethodGet {
					get = got
				}
				faults := c.check(got, get)
				if len(faults) > 0 {
					t.Errorf("%s, %s:\n\t%s", v.name, method, strings.Join(faults, "\n\t"))
				}
				m.set(c, c.verdict(got), map[bool]string{true: "ok", false: "WRONG"}[len(faults) == 0])
			}
		})
	}
	work.Wait()
}

func (m *matrix) set(c combination, verdict, word string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := place{c.visitor.name, c.method, c.outage.name, c.protocol.name}
	m.cells[at] = word
	if verdict != "" {
		at.protocol = ""
		m.cells[at] = verdict
	}
	if word == "WRONG" {
		m.wrong++
	}
}

// body is what the visitor sends: with the methods that are made for it, or always, where
// that is what fails.
func (c combination) body() string {
	switch {
	case c.outage.upload != "":
		return c.outage.upload
	case c.method == http.MethodPost || c.method == http.MethodPut:
		return "order=1"
	}
	return ""
}

func (c combination) fields() []string {
	var fields []string
	if c.visitor.fields != "" {
		fields = strings.Split(c.visitor.fields, "|")
	}
	if c.body() != "" && c.visitor.upload != "" {
		fields = append(fields, "Content-Type: "+c.visitor.upload)
	}
	return fields
}

// verdict is what the table shows: the status, or that of gRPC, and where the upstream's
// own answer went through.
func (c combination) verdict(got reply) string {
	switch {
	case got.err != nil:
		return "none"
	case got.header.Get("Grpc-Status") != "":
		return "grpc " + got.header.Get("Grpc-Status")
	case got.header.Get("X-Powered-By") != "":
		return fmt.Sprint(got.status, " as sent")
	}
	return fmt.Sprint(got.status)
}

// String is the table: a line for each client and method, a column for each failure. In
// it stand the answer and, for each protocol in order, whether it was right.
func (m *matrix) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	names, asked := []string{}, 0
	for _, p := range protocols {
		names = append(names, p.name)
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "client\tmethod\tform")
	for _, o := range outages {
		fmt.Fprint(w, "\t", o.name)
	}
	for _, v := range visitors {
		for _, method := range methods {
			fmt.Fprintf(w, "\n%s\t%s\t%s", v.name, method, v.form.name)
			for _, o := range outages {
				at := place{v.name, method, o.name, ""}
				fmt.Fprint(w, "\t", m.cells[at], ":")
				for _, at.protocol = range names {
					word := m.cells[at]
					fmt.Fprint(w, " ", word)
					if word == "ok" || word == "WRONG" {
						asked++
					}
				}
			}
		}
	}
	w.Flush()
	return fmt.Sprintf("%d combinations, %d wrong; in each cell the answer, then %s:\n%s", asked, m.wrong, strings.Join(names, ", "), &b)
}
