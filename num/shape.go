package num

// BroadcastTo returns x stretched to a shape by numpy's rules.
func BroadcastTo(x Array, shape ...int) Array { return broadcastTo(x, shape) }
