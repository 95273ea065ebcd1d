from django.urls import path

from . import plan_urls
from .views import assistant, booking, coordinator, doctor, patient, rescue, tasks, workspace

app_name = "desk"
urlpatterns = [
    path("home/", patient.home, name="home"),
    path("visit/<uuid:pk>/now/", patient.visit_fragment, name="visit-fragment"),
    path("join/<uuid:pk>/", booking.join, name="join"),
    path("queue/", doctor.queue_page, name="queue"),
    path("queue/now/", doctor.queue_fragment, name="queue-fragment"),
    path("queue/next/", doctor.call_in_next, name="call-in-next"),
    path("visit/<uuid:pk>/", workspace.visit, name="visit"),
    path("visit/<uuid:pk>/patient/", workspace.patient_fragment, name="patient-fragment"),
    path("visit/<uuid:pk>/queue/", workspace.short_fragment, name="short-fragment"),
    path("visit/<uuid:pk>/call-in/", doctor.call_in, name="call-in"),
    path("visit/<uuid:pk>/hold/", doctor.hold, name="hold"),
    path("visit/<uuid:pk>/resume/", doctor.resume, name="resume"),
    path("visit/<uuid:pk>/break-off/", doctor.break_off, name="break-off"),
    path("frontdesk/", assistant.frontdesk, name="frontdesk"),
    path("frontdesk/now/", assistant.visits_fragment, name="frontdesk-fragment"),
    path("frontdesk/known/<int:pk>/", assistant.bring_known, name="bring-known"),
    path("frontdesk/<uuid:pk>/", assistant.hand_over, name="hand-over"),
    path("frontdesk/<uuid:pk>/vitals/", assistant.take_vitals, name="vitals"),
    path("task/<int:pk>/done/", tasks.done, name="task-done"),
    path("board/", coordinator.board, name="board"),
    path("board/now/", coordinator.board_fragment, name="board-fragment"),
    path("rescue/", rescue.board, name="rescue"),
    path("rescue/now/", rescue.fragment, name="rescue-fragment"),
    path("rescue/<uuid:pk>/", rescue.reach, name="reach"),
    path("rescue/<uuid:pk>/link/", rescue.send_link, name="send-link"),
    path("rescue/<uuid:pk>/call/", rescue.call, name="call"),
    path("rescue/<uuid:pk>/sound/", rescue.sound, name="sound"),
    path("rescue/<uuid:pk>/park/", rescue.park, name="park"),
    path("rescue/<uuid:pk>/take-back/", rescue.take_back, name="take-back"),
    *plan_urls.urlpatterns,
]
