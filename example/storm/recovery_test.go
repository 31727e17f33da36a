package main

import (
	"strings"
	"testing"
	"time"
)

func TestRecovery(t *testing.T) {
	r, err := recovery(t.Context(), optionsOf(t, "-recovery", "-for", "10s", "-connections", "8", "-rate", "100"))
	if err != nil {
		t.Fatal(err)
	}
	r.print(t.Output())
	if len(r.all)+len(r.leftOut) != 2 {
		t.Errorf("%d recoveries, left out: %q", len(r.all), r.leftOut)
	}
	for _, one := range r.all {
		if n := sum(one.tally.errors) + sum(one.tally.wrong); n > 0 {
			t.Errorf("%s: errors %v, wrong %v", one.name, one.tally.errors, one.tally.wrong)
		}
		_, served, _, reached := one.well.total(0)
		if served == 0 || reached == 0 {
			t.Errorf("%s: while it was well %d served, %d reached it", one.name, served, reached)
		}
		if _, _, paged, reached := one.dead.total(0); paged == 0 || reached != 0 {
			t.Errorf("%s: while it was dead %d pages, %d reached it", one.name, paged, reached)
		}
		if _, served, _, reached := one.again.total(0); served == 0 || reached == 0 {
			t.Errorf("%s: since it is back %d served, %d reached it", one.name, served, reached)
		}
	}
}

func TestRecoveryFaults(t *testing.T) {
	// Normally 100 reach the upstream in a step.
	for _, c := range []struct {
		name           string
		asked, reached int64 // in one step after it is back
		errors         int
		want           string
	}{
		{"twice the normal rate is no burst", 100, 200, 0, ""},
		{"more than twice the normal rate", 100, 250, 0, "2.5 times the normal rate"},
		{"as many as visitors asked then", 250, 250, 0, ""},
		{"a broken connection", 100, 100, 1, "1 requests without a right answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := time.Now()
			one := &revival{"ours", newTimeline(now, 4*step), newTimeline(now, 4*step), newTimeline(now, 8*step), newTally()}
			for i := range one.well.steps {
				one.well.steps[i].reached.Store(100)
			}
			one.again.at(now.Add(5 * step)).asked.Store(c.asked)
			one.again.at(now.Add(5 * step)).reached.Store(c.reached)
			one.tally.answers = 1
			if c.errors > 0 {
				one.tally.errors["head: EOF"] = c.errors
			}
			all := &recoveries{all: []*revival{one}}
			var out strings.Builder
			all.print(&out)
			if got := strings.Join(all.faults(), "; "); !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
				t.Errorf("faults %q, want %q", got, c.want)
			}
			if !strings.Contains(out.String(), c.want) || strings.Contains(out.String(), "%!") {
				t.Errorf("printed\n%s", &out)
			}
		})
	}
}

func TestTimelineForgetsWhatIsOutside(t *testing.T) {
	now := time.Now()
	line := newTimeline(now, time.Second)
	for _, at := range []time.Duration{-time.Second, 0, step - 1, step, time.Second, time.Hour} {
		line.at(now.Add(at)).asked.Add(1)
	}
	all, _, _, _ := line.total(0)
	later, _, _, _ := line.total(1)
	beyond, _, _, _ := line.total(99)
	if all != 3 || later != 1 || beyond != 0 {
		t.Errorf("%d in all, %d from the second step on, %d beyond", all, later, beyond)
	}
}

func TestPatientComesBackOnItsPort(t *testing.T) {
	up, err := newPatient()
	if err != nil {
		t.Fatal(err)
	}
	up.line.Store(newTimeline(time.Now(), time.Hour))
	for range 3 {
		if err := up.revive(t.Context()); err != nil {
			t.Fatal(err)
		}
		w := &wire{address: up.address}
		a, err := w.exchange(comparedRequest(up.address, "identity"))
		if err != nil || string(a.body) != fineBody {
			t.Errorf("%q, %v", a.body, err)
		}
		up.die()
		if err := (&wire{address: up.address}).connect(); err == nil {
			t.Error("it is dead and accepts")
		}
		w.disconnect()
	}
}

// TestPatientIsDeadAtOnce: also when it has only just come back, and does not serve yet.
func TestPatientIsDeadAtOnce(t *testing.T) {
	up, err := newPatient()
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if err := up.revive(t.Context()); err != nil {
			t.Fatal(err)
		}
		up.die()
		w := &wire{address: up.address}
		if err := w.connect(); err == nil {
			w.disconnect()
			t.Fatal("it is dead and accepts")
		}
	}
}

func TestTurnsBeginWhenTheyAreToldTo(t *testing.T) {
	up, err := startTurns(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	defer up.end()
	for _, dead := range []bool{true, false, false, true} {
		if err := up.restart(dead); err != nil {
			t.Fatal(err)
		}
		w := &wire{address: up.address}
		err := w.connect()
		w.disconnect()
		if (err != nil) != dead {
			t.Errorf("dead: %t, but %v", dead, err)
		}
	}
}
