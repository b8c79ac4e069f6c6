"""What does wgtray do to Windows?"""
