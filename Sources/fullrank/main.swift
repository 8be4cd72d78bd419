print("fullrank")
