"""What people ask the store, one question a file.

Place on the data's way: after the store; command line, alerts and console read here and nowhere
else. Everything that is answered is what is *current*, unless the question names another time.
"""
