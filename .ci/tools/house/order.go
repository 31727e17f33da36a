package main

import (
	"math/rand/v2"
	"slices"
)

// rounds is from how many orders the search starts.
const rounds = 200

// bestOrder looks for the order of the files in which the fewest references run back: a
// minimum feedback arc set, weighted. It starts from the greedy order of Eades, Lin and Smyth
// (1993), then from others drawn at random, always the same, and improves each by sifting:
// every file in turn is moved to where it costs least, until no move helps. The best is kept.
// What is found is an upper bound; for packages of this size, runs from many starts agree.
func (g *graph) bestOrder() []int {
	best := g.sift(g.greedy())
	least := g.back(best)
	random := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		order := g.sift(random.Perm(len(g.files)))
		if n := g.back(order); n < least {
			best, least = order, n
		}
	}
	return best
}

// greedy puts files that nothing uses first and files that use nothing last; where there is
// neither, the file with the most uses made over uses had comes first.
func (g *graph) greedy() []int {
	left := map[int]bool{}
	for i := range g.files {
		left[i] = true
	}
	var head, tail []int
	for len(left) > 0 {
		best, most, atEnd := -1, 0, false
		for file := range g.files {
			if !left[file] {
				continue
			}
			out, in := 0, 0
			for other := range left {
				out += g.uses[file][other]
				in += g.uses[other][file]
			}
			if out == 0 {
				best, atEnd = file, true
				break
			}
			if in == 0 {
				best, atEnd = file, false
				break
			}
			if best < 0 || out-in > most {
				best, most = file, out-in
			}
		}
		if atEnd {
			tail = append(tail, best)
		} else {
			head = append(head, best)
		}
		delete(left, best)
	}
	slices.Reverse(tail)
	return append(head, tail...)
}

// sift moves each file to its best place until nothing gets better.
func (g *graph) sift(order []int) []int {
	order = slices.Clone(order)
	for better := true; better; {
		better = false
		for _, file := range slices.Clone(order) {
			from := slices.Index(order, file)
			if to := g.bestPlace(order, from); to != from {
				order = slices.Insert(slices.Delete(order, from, from+1), to, file)
				better = true
			}
		}
	}
	return order
}

// bestPlace returns where the file at from would have the fewest references running back: from
// itself where no other place is better.
func (g *graph) bestPlace(order []int, from int) int {
	file := order[from]
	best, least := from, 0
	for _, step := range []int{-1, +1} {
		change := 0
		for to := from + step; to >= 0 && to < len(order); to += step {
			other := order[to]
			// file passes other: what one of them uses of the other turns round.
			change += step * (g.uses[file][other] - g.uses[other][file])
			if change < least {
				best, least = to, change
			}
		}
	}
	return best
}
