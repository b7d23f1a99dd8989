// Every way this module can fail, as one public list: the names are the error ids that users match on.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>The ids of all errors. In PowerShell each is the first part of <c>FullyQualifiedErrorId</c>.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimError>))]
public enum EsimError : long
{
    /// <summary>An ICCID has wrong characters or a wrong length.</summary>
    EsimIccidInvalid,

    /// <summary>An EID has wrong characters or a wrong length.</summary>
    EsimEidInvalid,

    /// <summary>An IMEI has wrong characters or a wrong length.</summary>
    EsimImeiInvalid,

    /// <summary>The action needs the profile's ICCID and the input has none.</summary>
    EsimIccidMissing,

    /// <summary>The action needs the eUICC's EID and the input has none.</summary>
    EsimEidMissing,

    /// <summary>The input object names no eSIM profile, or whatever else is wanted, in any way that is understood.</summary>
    EsimInputInvalid,

    /// <summary>The same profile stands in the input of one command more than once; it is served once.</summary>
    EsimProfileDuplicate,

    /// <summary>A parameter's value cannot be sent to the service.</summary>
    EsimParameterInvalid,

    /// <summary>Guard: the profile is enabled and not deactivated, so it may not be deleted.</summary>
    EsimProfileNotDisabled,

    /// <summary>Guard: a Verizon US (LEAD) profile cannot be deleted.</summary>
    EsimProfileNotDeletable,

    /// <summary>Guard: a request for this profile is still open.</summary>
    EsimProfileBusy,

    /// <summary>Guard: the profile has been deleted already.</summary>
    EsimProfileAlreadyDeleted,

    /// <summary>The profile's state does not allow the action.</summary>
    EsimProfileStateInvalid,

    /// <summary>Guard: nothing is known of the profile's state, also after asking the service.</summary>
    EsimProfileStateUnknown,

    /// <summary>There is no connection, or it has been closed.</summary>
    EsimNotConnected,

    /// <summary>The service refused the API key and secret, or the user name and password.</summary>
    EsimLoginRefused,

    /// <summary>The service address cannot be used.</summary>
    EsimAddressInvalid,

    /// <summary>The service refused the request; nothing was done.</summary>
    EsimRequestRefused,

    /// <summary>The service goes on refusing for too many requests, or a request had to wait for more than an hour before it could leave; it was not sent.</summary>
    EsimThrottled,

    /// <summary>The service could not be reached; nothing was sent.</summary>
    EsimServiceUnreachable,

    /// <summary>The service failed on its own side while it was asked for information.</summary>
    EsimServiceFailed,

    /// <summary>The service did not answer a question in time.</summary>
    EsimServiceTimeout,

    /// <summary>The service's answer to a question cannot be understood.</summary>
    EsimAnswerInvalid,

    /// <summary>A request left and it is not known whether the service took it. It is never sent again by itself.</summary>
    EsimOutcomeUnknown,

    /// <summary>So many requests in a row were not accepted that the command was ended.</summary>
    EsimTooManyErrors,

    /// <summary>The service took the request and reported that it failed for this profile, or did not act on it.</summary>
    EsimActionFailed,

    /// <summary>The wait ended before every outcome was known.</summary>
    EsimWaitTimeout,

    /// <summary>No request with this id is known.</summary>
    EsimRequestNotFound,

    /// <summary>The service has no profile with this identifier.</summary>
    EsimProfileNotFound,

    /// <summary>A callback message cannot be understood.</summary>
    EsimCallbackInvalid,

    /// <summary>A callback listener cannot listen on its address.</summary>
    EsimListenerUnavailable,

    /// <summary>The journal cannot be written, identifiers in it not be recognised, or a temporary file beside it not be read back, so nothing was sent.</summary>
    EsimJournalUnavailable,

    /// <summary>Guard: a newer version of the module has noted in the journal what this one does not understand, so nothing is sent for the profile.</summary>
    EsimJournalTooNew,

    /// <summary>The sandbox's inventory cannot be read.</summary>
    EsimSandboxInvalid,

    /// <summary>A plan's file cannot be read or written, is no plan, or of a newer format.</summary>
    EsimPlanUnusable,

    /// <summary>A plan's file is not as it was written, or another one has been carried out under its id.</summary>
    EsimPlanChanged,

    /// <summary>The time in which a plan may be carried out is over.</summary>
    EsimPlanExpired,

    /// <summary>A plan has been carried out, or was given up.</summary>
    EsimPlanDone,

    /// <summary>Another command is carrying a plan out.</summary>
    EsimPlanBusy,

    /// <summary>A plan is held after a wave that was not healthy; nothing more of it is sent until somebody decides.</summary>
    EsimPlanHeld,

    /// <summary>A plan lacks approvals that the policy demands, or has one that does not count.</summary>
    EsimPlanNotApproved,

    /// <summary>What is known of a profile has changed since the plan was made, so it was left out.</summary>
    EsimPlanOutdated,

    /// <summary>The policy does not allow it.</summary>
    EsimPolicyRefused,

    /// <summary>The policy cannot be read, so nothing is sent.</summary>
    EsimPolicyUnusable,

    /// <summary>A command asks before it acts, and there is nobody to answer.</summary>
    EsimNobodyToAsk,

    /// <summary>The vault of secrets cannot be used: Microsoft.PowerShell.SecretManagement is not installed.</summary>
    EsimVaultUnavailable,

    /// <summary>The database of the journal cannot be opened, or the module EsimTools.Postgres for it is not there; nothing was sent.</summary>
    EsimDatabaseUnavailable,

    /// <summary>Somebody is at work in a journal that is to be copied or cleared; nothing was done.</summary>
    EsimJournalInUse,

    /// <summary>Two journals do not go together: nothing was copied from one to the other.</summary>
    EsimJournalConflict,
}
