// Package pick chooses elements of a slice by marks, one for each.
package pick

// Marked returns the elements that are marked.
func Marked[E any](elements []E, marked []bool) []E {
	var some []E
	for i, e := range elements {
		if marked[i] {
			some = append(some, e)
		}
	}
	return some
}

// Unmarked returns the others.
func Unmarked[E any](elements []E, marked []bool) []E {
	var some []E
	for i, e := range elements {
		if !marked[i] {
			some = append(some, e)
		}
	}
	return some
}
