"""The negative list as law in effect: its versions, activation, exemptions, appeals, notices."""
