resource "aws_kms_key" "records" {
  description         = "Records of answers"
  enable_key_rotation = true
}
