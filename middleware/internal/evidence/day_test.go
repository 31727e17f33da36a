package evidence_test

import (
	"container/heap"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/evidence"
)

var days = flag.Uint64("days", 1, "how many days TestDay lives through")

// A truth is whose fault a failure of the simulated day is.
type truth string

const (
	siteFails    truth = "the site, at random"
	partlyFails  truth = "the site, some requests"
	pathFails    truth = "the site, one path"
	wholeFails   truth = "the site, all requests"
	frontFails   truth = "the front door"
	cookiesFail  truth = "cookies of the visitor"
	requestFails truth = "the visitor's own request"
)

var truths = []truth{siteFails, partlyFails, pathFails, wholeFails, frontFails, cookiesFail, requestFails}

func (t truth) isSite() bool { return t != cookiesFail && t != requestFails }

// A person is a visitor of the simulated site.
type person struct {
	address string
	cookies int
	own     truth // why all requests fail at the first upstream; empty: they do not
}

// A request is one of a person that begins or ends.
type request struct {
	at       time.Time // in truth, whatever the gateway's clock says
	began    time.Time
	ends     bool
	person   int
	upstream int
	path     int
	left     int // requests to come, or tries after failures
	failed   truth
	refused  bool // before there was a connection
}

// A schedule gives the next request in time.
type schedule []request

func (s schedule) Len() int           { return len(s) }
func (s schedule) Less(i, j int) bool { return s[i].at.Before(s[j].at) }
func (s schedule) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *schedule) Push(x any)        { *s = append(*s, x.(request)) }
func (s *schedule) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}

// A trouble is a time in which something fails.
type trouble struct {
	from, to time.Time
	upstream int // -1: all
	kind     truth
	share    float64 // of the requests that fail
	path     int
	refused  bool
	first    [upstreams]time.Time // the first failure of each upstream
}

const (
	upstreams = 3
	people    = 5000
	paths     = 20
)

// A day is a site, its visitors, and a gateway that watches.
type day struct {
	*rand.Rand
	start    time.Time
	people   []person
	troubles []trouble
	restarts []time.Time
	jumps    map[time.Time]time.Duration
	shared   []trouble // times in which one address stands before all visitors
	next     schedule
	memory   *evidence.Memory
	clock    time.Duration // how wrong the gateway's is
	known    [upstreams]known
	passed   time.Time // when a request went well last, and the gateway can know of it
	tally    *tally
}

// known is what is true of an upstream and could be seen.
type known struct {
	first  time.Time // failure since a success, by the gateway's clock
	failed []failed
}

type failed struct {
	at      time.Time
	person  int
	forgets bool // a restart or a jump of the clock came after it
}

func newDay(seed uint64, t *tally) *day {
	d := &day{
		Rand: rand.New(rand.NewPCG(seed, 502)), start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		memory: evidence.New(), tally: t, jumps: map[time.Time]time.Duration{},
	}
	for i := range people {
		p := person{address: fmt.Sprintf("203.%d.%d.7:1234", i/200, i%200), cookies: d.IntN(3000)}
		if i%3 == 0 {
			p.address = fmt.Sprintf("[2001:db8:%x:%x::%x]:1234", i/250, i%250, d.IntN(1<<16))
		}
		if d.IntN(3) == 0 {
			p.cookies = 8<<10 + 1 + d.IntN(8<<10) // which the upstreams take
		}
		d.people = append(d.people, p)
	}
	for i := range 12 { // who come again and again
		d.people[i].cookies, d.people[i].own = 20<<10, cookiesFail
		d.people[12+i].own = requestFails
	}
	d.plan()
	return d
}

// plan says what goes wrong, and when.
func (d *day) plan() {
	at := func(minute float64) time.Time { return d.start.Add(time.Duration(minute * float64(time.Minute))) }
	for minute := 10 + 20*d.Float64(); minute < 24*60-40; minute += 20 + 40*d.Float64() {
		t := trouble{from: at(minute), to: at(minute + 0.5 + 12*d.Float64()), upstream: d.IntN(upstreams), share: 1, refused: d.IntN(2) == 0}
		switch d.IntN(5) {
		case 0:
			t.kind, t.share, t.refused = partlyFails, 0.02+0.96*d.Float64(), false
		case 1:
			t.kind, t.share, t.refused = partlyFails, 0.05+0.25*d.Float64(), false
		case 2:
			t.kind, t.path, t.refused = pathFails, d.IntN(paths), false
		case 3:
			t.kind, t.upstream, t.refused = frontFails, -1, true
		default:
			t.kind = wholeFails
		}
		d.troubles = append(d.troubles, t)
	}
	for range 4 {
		d.restarts = append(d.restarts, at(1440*d.Float64()))
	}
	for _, by := range []time.Duration{time.Hour, -time.Hour, -24 * time.Hour, 24 * time.Hour} {
		d.jumps[at(1440*d.Float64())] = by
	}
	d.shared = []trouble{{from: at(14 * 60), to: at(14*60 + 50)}, {from: at(20 * 60), to: at(20*60 + 30), refused: true}}
}

// perMinute is how many visits there are.
func perMinute(hour int) float64 {
	switch {
	case hour < 5:
		return 1
	case hour < 7:
		return 12
	case hour < 22:
		return 90
	}
	return 40
}

func (d *day) run() {
	d.visits()
	restarts := slices.SortedFunc(slices.Values(d.restarts), time.Time.Compare)
	for d.next.Len() > 0 {
		r := heap.Pop(&d.next).(request)
		for len(restarts) > 0 && r.at.After(restarts[0]) {
			d.memory, restarts = evidence.New(), restarts[1:]
			d.forget()
		}
		for at, by := range d.jumps {
			if r.at.After(at) {
				d.clock += by
				delete(d.jumps, at)
				d.forget()
			}
		}
		if r.ends {
			d.end(r)
		} else {
			d.begin(r)
		}
	}
}

// forget is what a restart and a jump of the clock do to what can be known.
func (d *day) forget() {
	d.passed = time.Time{}
	for i := range d.known {
		k := &d.known[i]
		k.first = time.Time{}
		for j := range k.failed {
			k.failed[j].forgets = true
		}
	}
}

// visits makes the first request of each visit.
func (d *day) visits() {
	for at := d.start; at.Before(d.start.Add(24 * time.Hour)); {
		at = at.Add(time.Duration(d.ExpFloat64() / perMinute(at.Hour()) * float64(time.Minute)))
		who := d.IntN(people)
		if d.IntN(100) == 0 {
			who = d.IntN(24)
		}
		upstream := max(0, d.IntN(upstreams+1)-1)
		d.next = append(d.next, request{at: at, person: who, upstream: upstream, path: d.path(), left: d.IntN(4)})
	}
	heap.Init(&d.next)
}

// path is the first one as often as not.
func (d *day) path() int { return max(0, d.IntN(2*paths)-paths) }

// begin decides what becomes of a request: what is so when it begins.
func (d *day) begin(r request) {
	r.began, r.ends = r.at, true
	r.failed, r.refused = d.fate(r)
	took := time.Duration(20+d.IntN(500)) * time.Millisecond
	if r.failed == "" && d.IntN(500) == 0 {
		took = time.Duration(1+d.IntN(900)) * time.Second // a download
	}
	r.at = r.at.Add(took)
	heap.Push(&d.next, r)
}

func (d *day) fate(r request) (truth, bool) {
	for _, t := range d.troubles {
		applies := t.upstream == -1 || t.upstream == r.upstream
		if r.at.Before(t.from) || !r.at.Before(t.to) || !applies || t.kind == pathFails && t.path != r.path {
			continue
		}
		if t.share == 1 || d.Float64() < t.share {
			return t.kind, t.refused
		}
	}
	if own := d.people[r.person].own; own != "" && r.upstream == 0 {
		return own, false
	}
	noise := 0.001 + 0.019*float64(r.at.Hour()%4)/3
	if d.Float64() < noise {
		return siteFails, d.IntN(4) == 0
	}
	return "", false
}

// end tells the gateway what became of a request, and has it judge.
func (d *day) end(r request) {
	e := evidence.Exchange{
		Upstream: fmt.Sprint("http://upstream", r.upstream), Path: fmt.Sprint("/", r.path),
		Began: r.began.Add(d.clock), Ended: r.at.Add(d.clock),
	}
	e.Visitor = d.memory.Visitor(d.address(r), false, e.Ended)
	d.tally.exchanges++
	k := &d.known[r.upstream]
	pause := time.Duration(1+d.IntN(25)) * time.Second
	if r.failed == "" {
		d.memory.Passed(e)
		if r.at.Sub(r.began) <= time.Minute {
			d.passed = r.at
		}
		if !k.first.IsZero() && !e.Began.Before(k.first) {
			k.first = time.Time{}
		}
		if r.left > 0 {
			r.left--
			heap.Push(&d.next, request{at: r.at.Add(pause), person: r.person, upstream: r.upstream, path: d.path(), left: r.left})
		}
		return
	}
	seen, _ := d.memory.Failed(e, evidence.Failure{Unreached: r.refused})
	if k.first.IsZero() {
		k.first = e.Ended
	}
	trouble := d.trouble(r)
	if trouble != nil && trouble.first[r.upstream].IsZero() {
		trouble.first[r.upstream] = r.at
	}
	seen.CookieBytes = d.people[r.person].cookies
	d.check(r, e, diagnosis.Judge(diagnose(r.refused), seen))
	k.failed = append(k.failed, failed{r.at, r.person, false})
	if d.IntN(8) > 0 {
		heap.Push(&d.next, request{at: r.at.Add(pause), person: r.person, upstream: r.upstream, path: r.path, left: r.left})
	}
}

func (d *day) address(r request) string {
	for _, t := range d.shared {
		if !r.at.Before(t.from) && r.at.Before(t.to) {
			return map[bool]string{false: "198.51.100.1:1234", true: "10.0.0.5:1234"}[t.refused]
		}
	}
	return d.people[r.person].address
}

func diagnose(refused bool) diagnosis.Diagnosis {
	if refused {
		return diagnosis.ConnectionRefused.Diagnosis()
	}
	d := diagnosis.ConnectionTerminated.Diagnosis()
	d.Phase = diagnosis.Receive
	return d
}

// check holds a verdict against the truth.
func (d *day) check(r request, e evidence.Exchange, v diagnosis.Verdict) {
	others := map[int]bool{}
	lately := 0 // by the clock of the gateway, which it can know
	k := &d.known[r.upstream]
	for i := len(k.failed) - 1; i >= 0 && r.at.Sub(k.failed[i].at) <= time.Minute; i-- {
		if f := k.failed[i]; f.person != r.person {
			others[f.person] = true
			if !f.forgets {
				lately++
			}
		}
	}
	t := d.tally
	fault := func(format string, args ...any) {
		t.faults = append(t.faults, fmt.Sprintf("%s, %s: ", r.at.Format("15:04:05.000"), r.failed)+fmt.Sprintf(format, args...))
	}
	if (v.Party == diagnosis.Visitor || v.Party == diagnosis.Network) && r.failed.isSite() {
		fault("%s is blamed", v.Party)
	}
	switch v.Scope {
	case diagnosis.ScopeOthers:
		if len(others) < 2 {
			fault("others are said to be affected, %d are", len(others))
		}
	case diagnosis.ScopeYou:
		if lately > 0 {
			fault("only this visitor is said to fail, %d others did", lately)
		}
	case diagnosis.ScopeAll:
		if r.at.Sub(d.passed) < 50*time.Second {
			fault("all upstreams are said to be gone, but one worked lately")
		}
	}
	if !v.Since.IsZero() {
		d.checkSince(r, v, fault)
	}
	t.count(r.failed, v)
}

// checkSince wants the first failure since a success: exactly. That is the first of the
// outage where it is one of all requests.
func (d *day) checkSince(r request, v diagnosis.Verdict, fault func(string, ...any)) {
	if first := d.known[r.upstream].first; !v.Since.Equal(first) {
		fault("since %v, but since %v none succeeded", v.Since.Format("15:04:05.000"), first.Format("15:04:05.000"))
	}
	t := d.trouble(r)
	if t == nil {
		return
	}
	late := v.Since.Add(-d.clock).Sub(t.first[r.upstream])
	if t.share == 1 && t.kind != pathFails {
		if late > 0 {
			fault("since %v too late", late)
		}
		d.tally.early = max(d.tally.early, -late)
		return
	}
	d.tally.late = max(d.tally.late, late)
}

// trouble is what the request failed of; nil: chance, or the person.
func (d *day) trouble(r request) *trouble {
	for i := range d.troubles {
		t := &d.troubles[i]
		if t.kind == r.failed && !r.began.Before(t.from) && r.began.Before(t.to) && (t.upstream == -1 || t.upstream == r.upstream) {
			return t
		}
	}
	return nil
}

// A tally is what is said, and of what.
type tally struct {
	exchanges       int
	parties, scopes map[string]map[truth]int
	failures        map[truth]int
	claims          map[truth]int
	sinces          int
	early, late     time.Duration // of Since, for outages of all and of some requests
	faults          []string
}

func newTally() *tally {
	return &tally{parties: map[string]map[truth]int{}, scopes: map[string]map[truth]int{}, failures: map[truth]int{}, claims: map[truth]int{}}
}

func (t *tally) count(why truth, v diagnosis.Verdict) {
	add := func(table map[string]map[truth]int, row string) {
		if table[row] == nil {
			table[row] = map[truth]int{}
		}
		table[row][why]++
	}
	party := fmt.Sprintf("%s, %s", v.Party, v.Confidence)
	if v.Cookies {
		party += ", cookies"
	}
	add(t.parties, party)
	add(t.scopes, string(v.Scope))
	t.failures[why]++
	if v.Scope != diagnosis.ScopeUnknown {
		t.claims[why]++
	}
	if !v.Since.IsZero() {
		t.sinces++
	}
}

func (t *tally) String() string {
	var b strings.Builder
	row := func(name string, cell func(truth) string) {
		fmt.Fprintf(&b, "\n%-30s", name)
		for _, why := range truths {
			fmt.Fprintf(&b, " %26s", cell(why))
		}
	}
	row("", func(w truth) string { return string(w) })
	for _, table := range []map[string]map[truth]int{t.parties, t.scopes} {
		names := make([]string, 0, len(table))
		for name := range table {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			row(name, func(w truth) string { return fmt.Sprint(table[name][w]) })
		}
		b.WriteString("\n")
	}
	row("failures", func(w truth) string { return fmt.Sprint(t.failures[w]) })
	row("share with a claim of others", func(w truth) string {
		return fmt.Sprintf("%.1f %%", 100*float64(t.claims[w])/float64(max(1, t.failures[w])))
	})
	fmt.Fprintf(&b, "\n%d exchanges; %d times told when it began, at most %v before an outage of all requests, and %v after the beginning of one of some", t.exchanges, t.sinces, t.early, t.late)
	return b.String()
}

// TestDay lives through days of a site, in which it is known whose fault each failure is:
// nobody is blamed wrongly, and nothing wrong is said of others.
func TestDay(t *testing.T) {
	takesLong(t)
	all := newTally()
	for seed := range *days {
		d := newDay(seed, all)
		before := len(all.faults)
		d.run()
		for i, fault := range all.faults[before:] {
			if i == 20 {
				t.Errorf("seed %d: and %d more", seed, len(all.faults)-before-i)
				break
			}
			t.Errorf("seed %d: %s", seed, fault)
		}
	}
	t.Log(all)
}
