"""Moto's CloudFormation, taught what it lacks: SAM's transform, change sets that are made whole, and three resources that it
would skip while it says CREATE_COMPLETE. Each is then a real one of moto's own services, and can be asked there."""

import json
import sys
from pathlib import Path

import moto.cloudformation.models as stacks
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.cloudformation.parsing import get_model_map
from moto.cloudfront.models import cloudfront_backends
from moto.core.common_models import CloudFormationModel
from moto.secretsmanager.models import secretsmanager_backends

sys.path.append(str(Path(__file__).resolve().parents[1] / "infra"))
from expansion import expand_sam  # noqa: E402

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
        told = secretsmanager_backends[account_id][region_name].create_secret(
            resource_name, text, None, properties.get("Description"), [], None, None, [], False
        )
        return cls(json.loads(told)["ARN"])

    def delete(self, account_id: str, region_name: str) -> None:
        secretsmanager_backends[account_id][region_name].delete_secret(self.physical_id, None, True)


class Distribution(Created):
    __module__ = MODULE

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        config = {"Origins": {"Items": {"Origin": []}}, "DefaultCacheBehavior": {"TargetOriginId": "site"}, "CallerReference": resource_name}
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


class ChangeSet(stacks.ChangeSet):
    """As AWS makes it: the template is expanded before it is compared, and a stack has outputs afterwards."""

    __module__ = MODULE

    def _parse_template(self) -> None:
        super()._parse_template()
        if "Transform" in self.template_dict:
            self.template_dict = expand_sam(self.template_dict, self.parameters)
        self.template = json.dumps(self.template_dict)

    def apply(self) -> None:
        if self.change_set_type == "UPDATE":
            self.stack.update(self.template, parameters=self.parameters)
            return
        self.stack.template, self.stack.parameters = self.template, self.parameters
        self.stack._parse_template()
        self.stack.resource_map = self.stack._create_resource_map()
        self.stack.output_map = self.stack._create_output_map()
        self.stack.create_resources()


def teach() -> None:
    """For all of this process's moto."""
    models = {"AWS::SecretsManager::Secret": Secret, "AWS::CloudFront::Distribution": Distribution, "AWS::ApiGatewayV2::Api": Api}
    get_model_map().update(models)
    stacks.ChangeSet = ChangeSet
