"""Moto's CloudFormation, taught what it lacks: SAM's transform, change sets that are made whole, and three resources that it
would skip while it says CREATE_COMPLETE. Each is then a real one of moto's own services, and can be asked there."""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import moto.cloudformation.models as stacks
import moto.cloudformation.responses as responses
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.awslambda.models import lambda_backends
from moto.cloudformation.parsing import get_model_map
from moto.cloudfront.models import Invalidation, cloudfront_backends
from moto.core.common_models import CloudFormationModel
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends

sys.path.append(str(Path(__file__).resolve().parents[1] / "infra"))
from expansion import expand_sam  # noqa: E402

MOTOS_CREATE = stacks.CloudFormationBackend.create_change_set
MODULE = "tests.cloudformation"  # moto reads the service's name off its models' modules


class Created(CloudFormationModel):
    """A resource by its id, with the attributes that the templates ask for."""

    __module__ = MODULE

    def __init__(self, physical_id: str, **attributes: str):
        self.physical_id, self.attributes = physical_id, attributes

    @property
    def physical_resource_id(self) -> str:
        return self.physical_id

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.attributes[attribute_name]

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, **_):
        return original_resource


class Secret(Created):
    """A secret; without a value unless one is generated, as on AWS."""

    __module__ = MODULE

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        properties = cloudformation_json["Properties"]
        text = "generated-by-moto" if "GenerateSecretString" in properties else None
        name = "-".join(resource_name.split("-")[-2:])  # CloudFormation leaves the stack's name out of a secret's
        told = secretsmanager_backends[account_id][region_name].create_secret(
            name, text, None, properties.get("Description"), [], None, None, [], False
        )
        return cls(json.loads(told)["ARN"])

    def delete(self, account_id: str, region_name: str) -> None:
        secretsmanager_backends[account_id][region_name].delete_secret(self.physical_id, None, True)


class Distribution(Created):
    __module__ = MODULE

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        wanted = cloudformation_json["Properties"]["DistributionConfig"]
        config = {
            "CallerReference": resource_name,
            "Comment": wanted["Comment"],
            "DefaultRootObject": wanted["DefaultRootObject"],
            "Origins": {"Items": [{"Id": origin["Id"], "DomainName": origin["DomainName"]} for origin in wanted["Origins"]]},
            "DefaultCacheBehavior": {key: wanted["DefaultCacheBehavior"][key] for key in ("TargetOriginId", "ViewerProtocolPolicy")},
        }
        made, _, _ = cloudfront_backends[account_id]["aws"].create_distribution(config, [])
        return cls(made.distribution_id, DomainName=made.domain_name)

    def delete(self, account_id: str, region_name: str) -> None:
        cloudfront_backends[account_id]["aws"].delete_distribution(self.physical_id, True)


class Api(Created):
    __module__ = MODULE

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        nothing = dict.fromkeys(("api_key_selection_expression", "description", "disable_schema_validation", "disable_execute_api_endpoint"), "")
        made = apigatewayv2_backends[account_id][region_name].create_api(
            **nothing, cors_configuration="", name=cloudformation_json["Properties"]["Name"], protocol_type="HTTP",
            route_selection_expression="", tags={}, version="",
        )  # fmt: skip
        return cls(made.api_id, ApiEndpoint=f"https://{made.api_id}.execute-api.{region_name}.amazonaws.com")

    def delete(self, account_id: str, region_name: str) -> None:
        apigatewayv2_backends[account_id][region_name].delete_api(self.physical_id)


class Version(Created):
    """What the function was when it was published. Both tools keep it when another follows."""

    __module__ = MODULE

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        made = lambda_backends[account_id][region_name].publish_version(cloudformation_json["Properties"]["FunctionName"])
        return cls(made.function_arn, Version=str(made.version))

    def delete(self, account_id: str, region_name: str) -> None:
        pass


class Alias(Created):
    __module__ = MODULE

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        wanted = cloudformation_json["Properties"]
        backend = lambda_backends[account_id][region_name]
        made = backend.create_alias(wanted["Name"], wanted["FunctionName"], wanted["FunctionVersion"], "", None)
        return cls(made.arn)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        wanted = cloudformation_json["Properties"]
        lambda_backends[account_id][region_name].update_alias(wanted["Name"], wanted["FunctionName"], wanted["FunctionVersion"], None, None)
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        pass


class Placeholder(Created):
    """What moto does not create: a name to refer to, and nothing behind it."""

    __module__ = MODULE

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        return cls(resource_name)

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return f"{self.physical_id}.{attribute_name}"

    def delete(self, account_id: str, region_name: str) -> None:
        pass


class ChangeSet(stacks.ChangeSet):
    """As AWS makes it: the template is expanded before it is compared, and a stack has outputs afterwards."""

    __module__ = MODULE

    def _parse_template(self) -> None:
        super()._parse_template()
        if "Transform" in self.template_dict:
            self.template_dict = expand_sam(self.template_dict, self.parameters)
        self.template = json.dumps(self.template_dict)
        for resource in self.template_dict["Resources"].values():
            get_model_map().setdefault(resource["Type"], Placeholder)

    def apply(self) -> None:
        if self.change_set_type == "UPDATE":
            # Moto adds before it modifies: it would publish a version of the function as it was.
            there, wanted = self.stack.template_dict["Resources"], self.template_dict["Resources"]
            late = {name for name, part in wanted.items() if part["Type"] == "AWS::Lambda::Version" and name not in there}
            early = {name: there.get(name, part) if part["Type"] == "AWS::Lambda::Alias" else part for name, part in wanted.items() if name not in late}
            kept = {name: part for name, part in there.items() if part["Type"] == "AWS::Lambda::Version"}
            self.stack.update(json.dumps({**self.template_dict, "Resources": kept | early}), parameters=self.parameters)
            self.stack.update(self.template, parameters=self.parameters)
            return
        self.stack.template, self.stack.parameters = self.template, self.parameters
        self.stack._parse_template()
        self.stack.resource_map = self.stack._create_resource_map()
        self.stack.output_map = self.stack._create_output_map()
        self.stack.create_resources()


def create_change_set(backend, *, stack_name: str, **named) -> tuple[str, str]:
    """Fails where nothing would change, as AWS does; moto compares before it has expanded the template. And fills a stack that is but
    a name, where moto would make a second one of the same name."""
    for stack in [*backend.stacks.values()]:
        if stack.name == stack_name and stack.status == "REVIEW_IN_PROGRESS":
            del backend.stacks[stack.stack_id]
    ids = MOTOS_CREATE(backend, stack_name=stack_name, **named)
    made = backend.change_sets[ids[0]]
    if made.change_set_type == "UPDATE" and not made.changes:
        made.status, made.execution_status, made.status_reason = "FAILED", "UNAVAILABLE", "The submitted information didn't contain changes."
    return ids


def template_at(url: str, account_id: str, partition: str) -> str:
    """The template of a TemplateURL: the bucket is the first part of the path on this machine, and of the host on AWS."""
    address = urlsplit(url)
    host, path = address.hostname or "", address.path.lstrip("/")
    bucket, key = path.split("/", 1) if host == "127.0.0.1" or host.startswith("s3.") else (host.split(".")[0], path)
    return s3_backends[account_id][partition].get_object(bucket, key).value.decode()


def teach() -> None:
    """For all of this process's moto."""
    models = {
        "AWS::SecretsManager::Secret": Secret,
        "AWS::CloudFront::Distribution": Distribution,
        "AWS::ApiGatewayV2::Api": Api,
        "AWS::Lambda::Version": Version,
        "AWS::Lambda::Alias": Alias,
    }
    get_model_map().update(models)
    stacks.ChangeSet = ChangeSet
    stacks.CloudFormationBackend.create_change_set = create_change_set
    responses.get_stack_from_s3_url = template_at
    Invalidation.status = property(lambda _: "Completed", lambda *_: None)  # moto writes it in capitals, and no waiter ends
