# One record for each answer: who asked is a number, and the question itself is not in it.
# Thirty days: decision 6.
resource "aws_cloudwatch_log_group" "answers" {
  name              = "/benefits/answers"
  kms_key_id        = aws_kms_key.records.arn
  retention_in_days = 30
}
