package main

import (
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// oneCore makes a Go program use one core.
var oneCore = []string{"GOMAXPROCS=1"}

// cores are where the load comes from, and where servers run, so that neither takes the
// other's time. Without taskset, or with one core, both are empty: nobody is tied.
type cores struct{ load, server string }

// tieToCores ties this process to a core, until it is untied.
func tieToCores() (c cores, untie func()) {
	before := runtime.GOMAXPROCS(1)
	untie = func() { runtime.GOMAXPROCS(before) }
	pid := strconv.Itoa(os.Getpid())
	out, err := exec.Command("taskset", "-c", "-p", pid).Output()
	if err != nil {
		return c, untie
	}
	list := strings.TrimSpace(string(out[strings.LastIndexByte(string(out), ':')+1:]))
	usable := parseCores(list)
	if len(usable) < 2 {
		return c, untie
	}
	c = cores{load: usable[0], server: usable[1]}
	if exec.Command("taskset", "-a", "-c", "-p", c.load, pid).Run() != nil {
		return cores{}, untie
	}
	return c, func() {
		_ = exec.Command("taskset", "-a", "-c", "-p", list, pid).Run()
		runtime.GOMAXPROCS(before)
	}
}

// before is what comes before the command of a server, to tie it.
func (c cores) before() []string {
	if c.server == "" {
		return nil
	}
	return []string{"taskset", "-c", c.server}
}

// parseCores reads a list such as 0,2-5.
func parseCores(list string) (all []string) {
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err != nil || err2 != nil {
			return nil
		}
		for core := from; core <= to && core < 1<<16; core++ {
			all = append(all, strconv.Itoa(core))
		}
	}
	return slices.Compact(all)
}
