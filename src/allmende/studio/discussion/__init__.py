"""Discussion: notes that authors publish, comments that anybody writes, and who looks at them first."""
