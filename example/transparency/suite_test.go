package transparency

import (
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var latency = flag.Bool("latency", false, "measure when events reach the client, and print it")

func TestMain(m *testing.M) {
	flag.Parse()
	log.SetOutput(io.Discard) // net/http's words about connections that clients close
	slog.SetDefault(slog.New(slog.DiscardHandler))
	code := m.Run()
	if testing.Verbose() {
		fmt.Print(&kinds)
	}
	os.Exit(code)
}

// kinds holds which kinds of exchange were compared, and what of each.
var kinds tally

type tally struct {
	mu   sync.Mutex
	rows []row
}

type row struct{ kind, wirings, compared string }

// add counts a kind once, however many wirings it runs over.
func (t *tally) add(kind, wiring, compared string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.rows, func(r row) bool { return r.kind == kind })
	if i < 0 {
		t.rows = append(t.rows, row{kind, wiring, compared})
		return
	}
	if r := &t.rows[i]; !slices.Contains(strings.Split(r.wirings, ", "), wiring) {
		r.wirings += ", " + wiring
	}
}

// String is the table, for people.
func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	slices.SortFunc(t.rows, func(a, b row) int { return strings.Compare(a.compared+a.kind, b.compared+b.kind) })
	var out strings.Builder
	fmt.Fprintf(&out, "%d kinds of exchange compared\n", len(t.rows))
	compared := ""
	for _, r := range t.rows {
		if r.compared != compared {
			compared = r.compared
			fmt.Fprintf(&out, "\ncompared: %s\n", compared)
		}
		w := strings.Split(r.wirings, ", ")
		slices.Sort(w)
		fmt.Fprintf(&out, "  %-72s %s\n", r.kind, strings.Join(w, ", "))
	}
	return out.String()
}
