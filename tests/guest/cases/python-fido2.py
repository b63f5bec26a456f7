#!/usr/bin/env python3
"""python-fido2: both PIN protocols, permissions, registration, assertion, hmac-secret, credential management, reset."""

import hashlib
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from fido2.cose import ES256, EdDSA
from fido2.ctap import CtapError
from fido2.ctap2 import ClientPin, CredentialManagement, Ctap2
from fido2.ctap2.pin import PinProtocolV1, PinProtocolV2
from fido2.hid import CtapHidDevice
from fido2.webauthn import AuthenticatorData

from support import Key

RP = {"id": "latchkey.example", "name": "Latchkey"}
HASH = hashlib.sha256(b"client data").digest()


def refused(code, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except CtapError as error:
        assert error.code == code, (error.code, code)
        return
    raise AssertionError(f"expected {code!r}")


with Key():
    ctap = Ctap2(next(CtapHidDevice.list_devices()))
    assert ctap.info.options["rk"] and ctap.info.options["uv"] and ctap.info.options["clientPin"] is False
    assert ctap.info.pin_uv_protocols == [2, 1]

    ClientPin(ctap, PinProtocolV2()).set_pin("first pin")
    ctap = Ctap2(next(CtapHidDevice.list_devices()))
    ClientPin(ctap, PinProtocolV1()).change_pin("first pin", "second pin")

    for number, (protocol, algorithm) in enumerate([(PinProtocolV1(), ES256), (PinProtocolV2(), EdDSA)]):
        pin = ClientPin(ctap, protocol)
        refused(CtapError.ERR.PIN_INVALID, pin.get_pin_token, "wrong pin")
        assert pin.get_pin_retries()[0] == 7
        permission = ClientPin.PERMISSION
        token = pin.get_pin_token("second pin", permission.MAKE_CREDENTIAL | permission.GET_ASSERTION, RP["id"])
        assert pin.get_pin_retries()[0] == 8

        user = {"id": b"user-%d" % number, "name": f"ada-{number}", "displayName": "Ada"}
        parameters = [{"type": "public-key", "alg": algorithm.ALGORITHM}]
        made = ctap.make_credential(
            HASH, RP, user, parameters,
            extensions={"hmac-secret": True, "credProtect": 2},
            options={"rk": True},
            pin_uv_param=protocol.authenticate(token, HASH),
            pin_uv_protocol=protocol.VERSION,
        )
        flags = AuthenticatorData.FLAG
        assert made.auth_data.flags & (flags.UP | flags.UV | flags.AT | flags.ED) == flags.UP | flags.UV | flags.AT | flags.ED
        assert not made.auth_data.flags & flags.BE, "a device-bound key says so"
        assert made.auth_data.extensions == {"hmac-secret": True, "credProtect": 2}
        public_key = made.auth_data.credential_data.public_key
        public_key.verify(made.auth_data + HASH, made.att_stmt["sig"])

        wrong_site = pin.get_pin_token("second pin", permission.GET_ASSERTION, "other.example")
        refused(
            CtapError.ERR.PIN_AUTH_INVALID, ctap.get_assertion, RP["id"], HASH,
            pin_uv_param=protocol.authenticate(wrong_site, HASH), pin_uv_protocol=protocol.VERSION,
        )
        counters = []
        for _ in range(2):
            token = pin.get_pin_token("second pin", permission.GET_ASSERTION, RP["id"])
            answer = ctap.get_assertion(
                RP["id"], HASH,
                [{"type": "public-key", "id": made.auth_data.credential_data.credential_id}],
                pin_uv_param=protocol.authenticate(token, HASH), pin_uv_protocol=protocol.VERSION,
            )
            answer.verify(HASH, public_key)
            counters.append(answer.auth_data.counter)
        assert counters[1] == counters[0] + 1, counters

    pin = ClientPin(ctap, PinProtocolV2())
    token = pin.get_pin_token("second pin", ClientPin.PERMISSION.CREDENTIAL_MGMT)
    management = CredentialManagement(ctap, pin.protocol, token)
    metadata = management.get_metadata()
    assert metadata[CredentialManagement.RESULT.EXISTING_CRED_COUNT] == 2
    sites = management.enumerate_rps()
    assert [site[CredentialManagement.RESULT.RP]["id"] for site in sites] == [RP["id"]]
    found = management.enumerate_creds(hashlib.sha256(RP["id"].encode()).digest())
    assert {entry[CredentialManagement.RESULT.USER]["name"] for entry in found} == {"ada-0", "ada-1"}
    first = found[0]
    user = first[CredentialManagement.RESULT.USER]
    management.update_user_info(
        first[CredentialManagement.RESULT.CREDENTIAL_ID], {"id": user["id"], "name": "lovelace", "displayName": "Ada L."}
    )
    renamed = management.enumerate_creds(hashlib.sha256(RP["id"].encode()).digest())
    assert "lovelace" in {entry[CredentialManagement.RESULT.USER]["name"] for entry in renamed}
    for entry in renamed:
        management.delete_cred(entry[CredentialManagement.RESULT.CREDENTIAL_ID])
    assert management.enumerate_rps() == []

    ctap.selection()
    refused(CtapError.ERR.INVALID_COMMAND, ctap.send_cbor, 0x33)

with Key(profile="synced"):
    ctap = Ctap2(next(CtapHidDevice.list_devices()))
    made = ctap.make_credential(
        HASH, RP, {"id": b"1", "name": "ada"}, [{"type": "public-key", "alg": -7}], options={"rk": True, "uv": True}
    )
    flags = AuthenticatorData.FLAG
    assert made.auth_data.flags & flags.UV and made.auth_data.flags & flags.BE and made.auth_data.counter == 0
    assert not made.auth_data.flags & flags.BS, "nothing was copied yet"
    chosen = ctap.get_assertion(RP["id"], HASH, options={"uv": True})
    assert chosen.user_selected is True and chosen.auth_data.counter == 0
    ctap.reset()
    refused(CtapError.ERR.NO_CREDENTIALS, ctap.get_assertion, RP["id"], HASH, options={"uv": True})
