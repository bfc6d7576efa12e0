"""In what the two templates may differ, and why. A line that is needed nowhere fails the test: the list stays short."""

# (path, with * for anything; what SAM's has; what the CDK's has; why)
ALLOWED = [
    (
        "/AWS::Lambda::Function/Properties/Code/S3Bucket",
        "packages",
        "cdk-hnb659fds-assets-123456789012-us-east-1",
        "Each tool uploads the same zip to a bucket of its own.",
    ),
    (
        "/AWS::Lambda::Function/Properties/Code/S3Key",
        "till/code",
        "*.zip",
        "The other half of the line before.",
    ),
    (
        "/AWS::Lambda::Function/Properties/Tags/0/*",
        "*",
        "absent",
        "SAM's transform marks what it made with lambda:createdBy.",
    ),
    (
        "/AWS::Lambda::Version/UpdateReplacePolicy",
        "Delete",
        "Retain",
        "SAM sets the deletion policy alone. A version is never replaced under the same name by either tool.",
    ),
    (
        "/AWS::CodeDeploy::DeploymentGroup/Properties/AlarmConfiguration",
        "empty",
        "absent",
        "Without a canary no alarm is attached: SAM says so by an empty object, the CDK by Enabled: false.",
    ),
    (
        "/AWS::CodeDeploy::DeploymentGroup/Properties/AlarmConfiguration/Enabled",
        "absent",
        "false",
        "The other half of the line before.",
    ),
    (
        "/AWS::CodeDeploy::DeploymentGroup/Properties/AutoRollbackConfiguration/Events/DEPLOYMENT_STOP_ON_ALARM",
        "yes",
        "absent",
        "Without alarms it never happens; the CDK refuses to list it, SAM always does.",
    ),
]
