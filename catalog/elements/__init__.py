"""The starter set of data elements, packaged as data: own wording, labelled as a starter, never an official register."""
